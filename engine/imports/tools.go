package imports

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/findings"
)

// format is a form of file that is read: who writes it, what people call it, what it
// speaks of even where it says nothing, how it is known by what it holds, and how it is
// read.
type format struct {
	tool, name string
	of         findings.Class
	fits       func(head) bool
	read       func(*intake) error
}

// formats are all that are read.
func formats() []format {
	return []format{
		{"Trivy", "Trivy JSON", findings.Vulnerabilities, fitsTrivy, readTrivy},
		{"Trivy", "Trivy Kubernetes JSON", findings.Vulnerabilities, fitsTrivyCluster, readTrivyCluster},
		{"Grype", "Grype JSON", findings.Vulnerabilities, fitsGrype, readGrype},
		{"kube-bench", "kube-bench JSON", findings.Benchmark, fitsBench, readBench},
		{"kube-bench", "kube-bench text", findings.Benchmark, fitsBenchText, readBenchText},
		{"kubescape", "kubescape JSON", findings.Configuration, fitsKubescape, readKubescape},
		{"Prowler", "OCSF findings", findings.Configuration, fitsOCSF, readOCSF},
		{"Checkov", "Checkov JSON", findings.Configuration, fitsCheckov, readCheckov},
		{"Falco", "Falco events", findings.Events, fitsFalco, readFalco},
		{"SARIF", "SARIF 2.1.0", findings.Configuration, fitsSARIF, readSARIF},
		{"CycloneDX", "CycloneDX JSON", findings.Components, fitsCycloneDX, readCycloneDX},
		{"OpenVEX", "OpenVEX", findings.Vulnerabilities, fitsOpenVEX, readOpenVEX},
		{"Security Hub", "AWS Security Finding Format", findings.Configuration, fitsASFF, readASFF},
		{"kube-score", "kube-score JSON", findings.Configuration, fitsKubeScore, readKubeScore},
		{"kube-linter", "kube-linter JSON", findings.Configuration, fitsKubeLinter, readKubeLinter},
		{"Polaris", "Polaris JSON", findings.Configuration, fitsPolaris, readPolaris},
	}
}

// Formats names every form of file that is read.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// recognise tells by what a file holds which tool wrote it: never by its name, and not
// where two could have.
func recognise(h head) (format, error) {
	var fitting []format
	for _, f := range formats() {
		if f.fits(h) {
			fitting = append(fitting, f)
		}
	}
	switch len(fitting) {
	case 0:
		if form := unread(h); form != "" {
			return format{}, errors.New("it is " + form)
		}
		if amongLines().MatchString(h.text) {
			return format{}, errors.New("it is text with JSON among its lines, as a log has; keep the JSON alone, or let the tool write its result into a file of its own")
		}
		return format{}, errors.New("it is no result of a tool that is known; known are " + strings.Join(Formats(), ", "))
	case 1:
		return fitting[0], nil
	}
	return format{}, fmt.Errorf("it could be %s as well as %s, so that it is neither", fitting[0].name, fitting[1].name)
}

// Wrote reports whether a tool that is known wrote what a file holds, in a form that is read or
// not: what such a file repeats of what was found may be a secret that nothing else tells.
func Wrote(body []byte) bool {
	h, err := lookAt(bytes.NewReader(body))
	if err != nil {
		return false
	}
	for _, at := range amongLines().FindAllStringIndex(h.text, maxBroken) {
		if Wrote(body[at[0]:]) {
			return true
		}
	}
	return slices.ContainsFunc(formats(), func(f format) bool { return f.fits(h) }) || unread(h) != ""
}

// amongLines is where JSON begins behind lines of a log.
var amongLines = engine.Late(`(?m)^(?:\{\s*"|\[\s*\{)`)

// unread says what a file is that a tool which is known writes in a form that is not read,
// and which form is, "" where it is none of these.
func unread(h head) string {
	first := item(h.first)
	switch context := textAt(h.first, "@context"); {
	case textAt(h.first, "spdxVersion") != "", strings.Contains(context, "//spdx.org/"), strings.HasPrefix(h.text, "SPDXVersion:"):
		return "SPDX, a list of components, which is not read; let the tool write CycloneDX JSON"
	case has(first, "CheckID", "StatusExtended"):
		return "JSON of Prowler's own, of a version before 4, which is not read; let it write OCSF (`-M json-ocsf`)"
	case has(first, "Target", "Vulnerabilities"), has(first, "Target", "Type") && !has(h.first, "Results"):
		return "JSON of a version of Trivy before 0.20, which does not say what it looked at and is not read; scan with a newer one"
	case has(first, "controlReports"):
		return "JSON of kubescape in its first format, which is not read; let it write the second (`--format json --format-version v2`)"
	case has(h.first, "ID", "Title") && (has(h.first, "SummaryControls") || isList(h.first, "Results")):
		return "a compliance report of Trivy, in which its own results are summed up; import what `trivy k8s --format json` writes"
	case isList(h.first, "findings") && has(item(at(h.first, "findings")), "ProductArn"):
		return "findings of Security Hub under a name of another case; import what `aws securityhub get-findings` prints"
	case has(at(h.first, "detail"), "findings"):
		return "an event that Security Hub sent, and not a list of what it found; import what `aws securityhub get-findings` prints"
	}
	return ""
}

// walk reads a file that is one value.
func (in *intake) walk(p *spot) error {
	if err := p.walk(in.stream, "", 0); err != nil {
		return err
	}
	if in.stream.peek() != 0 {
		in.gap(in.stream.line(), engine.Unreadable, "more follows behind the end of the result, and was not read")
	}
	return in.stream.failed
}

// maxBroken is how many broken lines are gone over before a file is given up.
const maxBroken = 100

// walkAll reads a file that is a value after the other, as logs are. A broken one costs
// its line.
func (in *intake) walkAll(p *spot) error {
	for broken := 0; in.stream.peek() != 0; {
		var wrong *syntaxError
		err := p.walk(in.stream, "", 0)
		switch {
		case errors.As(err, &wrong) && broken < maxBroken:
			broken++
			in.gap(wrong.line, engine.Unreadable, "it is broken there: "+wrong.cause)
			in.stream.skipLine()
		case err != nil:
			return err
		}
	}
	return in.stream.failed
}

// walkItems reads a file that is a list of items, or items one after the other.
func (in *intake) walkItems(take func(raw []byte)) error {
	if _, list := in.head.first.([]any); list {
		return in.walkAll(each(taken(take)))
	}
	return in.walkAll(taken(take))
}

// into is a spot of a text or a number as text.
func (in *intake) into(value *string) *spot {
	return taken(func(raw []byte) {
		if len(raw) > 0 && raw[0] == '"' {
			in.decode(raw, value)
			return
		}
		if *value = string(raw); *value == "null" {
			*value = ""
		}
	})
}
