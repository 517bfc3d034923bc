// Records what Helm 4.2.4 and Go's library do, for tests that must not need Go: see ../README.md.
//
//	go run . ignore-rules  > ../ignore-rules.tsv
//	go run . tar-headers   > ../tar-headers.tsv
//	go run . archives DIR  > ../archives.tsv     (archives come from scripts/make-edge-archives)
package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/ignore"
)

type entry struct {
	name string
	dir  bool
}

func (e entry) Name() string       { return filepath.Base(e.name) }
func (e entry) Size() int64        { return 0 }
func (e entry) Mode() fs.FileMode  { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.dir }
func (e entry) Sys() any           { return nil }

// Lines: hex of the rules file, TAB, hex of the path, TAB, "d" or "f", TAB, "ignored", "kept" or "refused".
func ignoreRules() {
	random := rand.New(rand.NewSource(4242))
	pieces := []string{"a", "b", "é", "*", "?", "/", "[", "]", "^", "-", "\\", "!", ".", "x", "templates", "abc", "[a-c]",
		"[^b]", "[^é]", "[]a]", "[a-]", "[-a]", "[a--]", "[z-a]", "[!a]", "[/]", "**", "\xff", "#", " ", "\t", "\u00a0", "\u2028", "\u0085", "*.yaml", "ab*", "*b*", "./", "//"}
	paths := []string{"a", "b", "ab", "abc", "a/b", "a/b/c", "é", "aé", "éa", "x.yaml", "a/x.yaml", "templates", "templates/.a", "templates/.",
		"templates/a", "templates/.d/e", "sub/templates/.a", ".helmignore", "Chart.yaml", "!a", "^", "-", "]", "[", "\\", "\xff", "a\xff", "#a", " a", "abcabc", "zzz", "..", "a*b", "abab", ".", "./", ""}
	seen := map[string]bool{}
	record := func(rules, path string, dir bool) {
		key := rules + "\x00" + path + fmt.Sprint(dir)
		if seen[key] {
			return
		}
		seen[key] = true
		verdict := "kept"
		parsed, err := ignore.Parse(strings.NewReader(rules))
		if err != nil {
			verdict = "refused"
		} else {
			parsed.AddDefaults()
			if parsed.Ignore(path, entry{path, dir}) {
				verdict = "ignored"
			}
		}
		kind := "f"
		if dir {
			kind = "d"
		}
		fmt.Printf("%x\t%x\t%s\t%s\n", rules, path, kind, verdict)
	}
	fixed := []string{"", "\n", "a", "a/", "/a", "!a", "!", "/", "//", "!/", "./a", "a/b", "/a/b", "*", "!*", "**", "#**", " # x", "zzz*[", "z[", "[", "abc[", "a\r\nb\r\n", "\ufeffa\nb",
		"a\n\ufeffb", "\u00a0a\u2003", "a\\ ", "a\\", "\\a", "\\!a", "\\#a", "!a\n!b", "a\n!b", "!a\nb", "!a/", "!*.yaml", "?", "??", "*/b", "a/*", "a?b", "[a/]b", "a[/]b", "a[^x]b", "[^é]", "*[^é]", "*?", "?*",
		"\xff", "[\xff]", "[a\xff]", "[^\xff]", "templates/.?*", "templates/*", ".*", "*.", "*a*b", "a*a*b", "*[a-b]c"}
	for _, rules := range fixed {
		for _, path := range paths {
			record(rules, path, false)
			record(rules, path, true)
		}
	}
	for i := 0; i < 12000; i++ {
		var rules strings.Builder
		for lines := 1 + random.Intn(2); lines > 0; lines-- {
			for n := 1 + random.Intn(4); n > 0; n-- {
				rules.WriteString(pieces[random.Intn(len(pieces))])
			}
			if lines > 1 {
				rules.WriteString("\n")
			}
		}
		record(rules.String(), paths[random.Intn(len(paths))], random.Intn(3) == 0)
	}
	long := strings.Repeat("y", 65535)
	for _, rules := range []string{long, long + "\n", long[1:] + "\r\n", long + "\r\n", long + "y"} {
		parsed, err := ignore.Parse(strings.NewReader(rules))
		verdict := "kept"
		if err != nil {
			verdict = "refused"
		}
		_ = parsed
		fmt.Printf("repeat:%d:%x\t%x\tf\t%s\n", strings.Count(rules, "y"), strings.TrimLeft(rules, "y"), "a", verdict)
	}
}

// Lines: hex of the name, TAB, size, TAB, mtime, TAB, length and TAB, sha256 of the header blocks that archive/tar
// writes for Helm.
func tarHeaders() {
	random := rand.New(rand.NewSource(4243))
	record := func(name string, size, mtime int64) {
		var out bytes.Buffer
		writer := tar.NewWriter(&out)
		header := &tar.Header{Name: name, Mode: 0644, Size: size, ModTime: time.Unix(mtime, 0)}
		if err := writer.WriteHeader(header); err != nil {
			fmt.Fprintln(os.Stderr, name, err)
			os.Exit(1)
		}
		fmt.Printf("%x\t%d\t%d\t%d\t%x\n", name, size, mtime, out.Len(), sha256.Sum256(out.Bytes()))
	}
	times := []int64{0, 1700000000, -1, 077777777777, 0100000000000, -62135596801, 253402300800}
	parts := []string{"a", "templates", "é", "\xff", "日本語", "x.yaml", strings.Repeat("n", 50), strings.Repeat("m", 99), strings.Repeat("o", 100), strings.Repeat("p", 101), strings.Repeat("q", 155), strings.Repeat("r", 156), "b c", "😀"}
	for i := 0; i < 1500; i++ {
		var components []string
		for n := 1 + random.Intn(6); n > 0; n-- {
			part := parts[random.Intn(len(parts))]
			if random.Intn(3) == 0 {
				part += strings.Repeat("z", random.Intn(40))
			}
			components = append(components, part)
		}
		record(strings.Join(components, "/"), int64(random.Intn(6000000)), times[random.Intn(len(times))])
	}
	for length := 95; length <= 105; length++ {
		record(strings.Repeat("a", length), 1, 0)
		record("d/"+strings.Repeat("a", length), 1, 0)
		record(strings.Repeat("a", length)+"/b", 1, 0)
		record(strings.Repeat("a", length)+"/"+strings.Repeat("b", 100), 1, 0)
		record(strings.Repeat("a", length)+"/é", 1, 0)
		record(strings.Repeat("a", length)+"é/b", 1, -5)
	}
	for length := 150; length <= 160; length++ {
		record(strings.Repeat("a", length)+"/"+strings.Repeat("b", 100), 1, 0)
		record(strings.Repeat("a", length)+"/"+strings.Repeat("b", 10), 1, 0)
		record("é/"+strings.Repeat("a/", length/2)+"b", 1, 0)
	}
}

// Lines: archive file name, TAB, "refused" or one field "<hex path>:<mtime rounded>:<size>:<sha256>" per file.
func archives(directory string) {
	names, err := filepath.Glob(filepath.Join(directory, "*.tgz"))
	if err != nil {
		panic(err)
	}
	sort.Strings(names)
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			panic(err)
		}
		files, err := archive.LoadArchiveFiles(io.Reader(file))
		file.Close()
		fmt.Print(filepath.Base(name))
		if err != nil {
			fmt.Print("\trefused")
		}
		if err == nil {
			for _, f := range files {
				fmt.Printf("\t%x:%d:%d:%x", f.Name, f.ModTime.Round(time.Second).Unix(), len(f.Data), sha256.Sum256(f.Data))
			}
		}
		fmt.Println()
	}
}

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "ignore-rules":
		ignoreRules()
	case len(os.Args) == 2 && os.Args[1] == "tar-headers":
		tarHeaders()
	case len(os.Args) == 3 && os.Args[1] == "archives":
		archives(os.Args[2])
	default:
		fmt.Fprintln(os.Stderr, "usage: recorder ignore-rules | tar-headers | archives DIR")
		os.Exit(2)
	}
}
