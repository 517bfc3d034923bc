package main

var recordings = map[string]func(put func(op, input string)){}
