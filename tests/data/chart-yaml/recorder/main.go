// Records what Helm 4.2.4's own YAML, semver and validation code does with inputs that hold one oddity each.
// usage: go run . < CASES > ANSWERS       lines "op TAB input", answered with "op TAB input TAB result"
// Inputs and results are escaped: \\ \n \t, \xHH for every other byte outside 20-7E.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"sigs.k8s.io/yaml"
)

func escape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < 0x20 || c > 0x7e:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'x':
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				panic(err)
			}
			b.WriteByte(byte(n))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

const refused = "refused"

// What Helm writes for the struct.
func written(v any) string {
	first, err := yaml.Marshal(v)
	if err != nil {
		return refused
	}
	return "ok:" + string(first)
}

func writtenChart(m *chart.Metadata) string {
	if m.APIVersion == chart.APIVersionV1 {
		saved := m.Dependencies
		m.Dependencies = nil
		defer func() { m.Dependencies = saved }()
	}
	return written(m)
}

// Helm's own order of loading: the version sniff, Chart.yaml, requirements.yaml, validation.
func readChart(chartYaml, requirements string, top bool) string {
	if top {
		base := new(struct {
			APIVersion string `json:"apiVersion,omitempty"`
		})
		if err := yaml.Unmarshal([]byte(chartYaml), base); err != nil {
			return refused
		}
		switch base.APIVersion {
		case "", "v1", "v2":
		default:
			return refused
		}
	}
	m := new(chart.Metadata)
	if err := yaml.Unmarshal([]byte(chartYaml), m); err != nil {
		return refused
	}
	if m.APIVersion == "" {
		m.APIVersion = chart.APIVersionV1
	}
	if requirements != "" {
		if err := yaml.Unmarshal([]byte(requirements), m); err != nil {
			return refused
		}
	}
	if err := m.Validate(); err != nil {
		return refused
	}
	return writtenChart(m)
}

func answer(op, input string) string {
	parts := strings.SplitN(input, "\x00", 2)
	second := ""
	if len(parts) > 1 {
		second = parts[1]
	}
	switch op {
	case "chart": // the top Chart.yaml
		return readChart(input, "", true)
	case "subchart":
		return readChart(input, "", false)
	case "requirements": // Chart.yaml NUL requirements.yaml
		return readChart(parts[0], second, true)
	case "lock":
		lock := new(chart.Lock)
		if err := yaml.Unmarshal([]byte(input), &lock); err != nil {
			return refused
		}
		if lock == nil {
			return "none"
		}
		seconds := "zero"
		if !lock.Generated.IsZero() {
			seconds = strconv.FormatInt(lock.Generated.Round(time.Second).Unix(), 10)
		}
		text := written(lock)
		if text == refused {
			return text
		}
		return seconds + "\n" + text
	case "values":
		if _, err := loader.LoadValues(strings.NewReader(input)); err != nil {
			return refused
		}
		return "ok"
	case "json":
		return strconv.FormatBool(json.Valid([]byte(input)))
	case "annotation":
		return written(&chart.Metadata{Annotations: map[string]string{"key": input}})
	case "key":
		return written(&chart.Metadata{Annotations: map[string]string{input: "value"}})
	case "keyword":
		return written(&chart.Metadata{Keywords: []string{input}})
	case "alias":
		return written(&chart.Metadata{Dependencies: []*chart.Dependency{{Alias: input, Name: "n"}}})
	case "order": // keys, separated by NUL
		annotations := map[string]string{}
		for _, key := range strings.Split(input, "\x00") {
			annotations[key] = ""
		}
		var first string
		for i := 0; i < 12; i++ { // map iteration is random: an order that depends on it shows
			text := written(annotations)
			if first == "" {
				first = text
			} else if first != text {
				return "unstable"
			}
		}
		return first
	case "version":
		v, err := semver.NewVersion(input)
		if err != nil {
			return refused
		}
		return v.String()
	case "versions": // two of them, NUL between
		a, err := semver.NewVersion(parts[0])
		b, err2 := semver.NewVersion(second)
		if err != nil || err2 != nil {
			return refused
		}
		return strconv.Itoa(a.Compare(b))
	case "sanitise":
		m := &chart.Metadata{Description: input}
		_ = m.Validate()
		return m.Description
	}
	panic("unknown op " + op)
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		op, input, _ := strings.Cut(scanner.Text(), "\t")
		input = unescape(input)
		if result := answer(op, input); result != "unstable" {
			fmt.Fprintf(out, "%s\t%s\t%s\n", op, escape(input), escape(result))
		}
	}
}
