package imports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tickmark/engine"
	"tickmark/engine/findings"
)

func fitsBench(h head) bool {
	if isList(h.first, "Controls") && has(h.first, "Totals") {
		return true
	}
	return has(item(h.first), "tests", "node_type", "total_pass")
}

func fitsBenchText(h head) bool {
	return benchAnywhere().MatchString(colours().ReplaceAllString(h.text, ""))
}

var (
	benchLine     = engine.Late(`^(?:\x1b\[[0-9;]*m)*\[(PASS|FAIL|WARN|INFO)\](?:\x1b\[[0-9;]*m)* (\S+) (.*)$`)
	benchStart    = engine.Late(`^\[(?:PASS|FAIL|WARN|INFO)\] `)
	benchAnywhere = engine.Late(`(?m)^\[(?:PASS|FAIL|WARN|INFO)\] \S+ `)
	benchHeading  = engine.Late(`^== (Remediations|Summary) (\S.*) ==$`)
	benchCount    = engine.Late(`^(\d{1,9}) checks (PASS|FAIL|WARN|INFO)$`)
	benchSection  = engine.Late(`^\d+(?:\.\d+)?$`) // of headings; controls have longer numbers, or others
	benchScored   = engine.Late(`\((?:Automated|Manual|Scored|Not Scored)\)\s*$`)
	colours       = engine.Late(`\x1b\[[0-9;]*m`)
)

// benchStates are kube-bench's words: what it warns of it leaves to a person.
var benchStates = map[string]findings.Status{"PASS": findings.Passed, "FAIL": findings.Failed, "WARN": findings.Manual, "INFO": findings.Skipped}

// benchTotals are how many results of each word a file prints.
type benchTotals map[string]int

func (t benchTotals) String() string {
	return fmt.Sprintf("%d PASS, %d FAIL, %d WARN, %d INFO", t["PASS"], t["FAIL"], t["WARN"], t["INFO"])
}

// agree says, as a gap, where a file's own totals are not those of its lines.
func (in *intake) agree(line int, of string, counted, printed benchTotals) {
	if counted.String() != printed.String() {
		in.gap(line, engine.Unreadable, fmt.Sprintf("the file counts %s for %s, and its lines are %s", printed, of, counted))
	}
}

type benchResult struct {
	TestNumber string `json:"test_number"`
	TestDesc   string `json:"test_desc"`
	Status     string `json:"status"`
	Reason     string `json:"reason"`
	Scored     bool   `json:"scored"`
}

// readBench reads what `kube-bench --json` writes: an object, or the list or the control
// of older versions. It does not say of which node it is, nor when it ran.
func readBench(in *intake) error {
	counted, printed := benchTotals{}, benchTotals{}
	var version, detected, node, section string
	var subject findings.Subject
	tests := each(fields(map[string]*spot{
		"section": in.into(&section),
		"results": each(taken(func(raw []byte) {
			var r benchResult
			if !in.decode(raw, &r) {
				return
			}
			counted[r.Status]++
			f := findings.Finding{
				Class: findings.Benchmark, ID: r.TestNumber, Title: r.TestDesc, Status: benchStates[r.Status], Word: r.Status, Subject: node, Reason: r.Reason,
			}
			subject.Counts.Add(f)
			in.finding(f)
		})),
	}))
	control := fields(map[string]*spot{
		"version": in.into(&version), "detected_version": in.into(&detected), "node_type": in.into(&node), "tests": tests,
		"total_pass": in.total(printed, "PASS"), "total_fail": in.total(printed, "FAIL"), "total_warn": in.total(printed, "WARN"), "total_info": in.total(printed, "INFO"),
	})
	control.begin = func(string) { version, detected, node, subject = "", "", "", findings.Subject{} }
	control.end = func() {
		if says := strings.TrimSpace(version + " " + detected); says != "" {
			in.says("benchmark " + version + ", Kubernetes " + detected)
		}
		subject.Name, subject.Class = node, findings.Benchmark
		in.lookedAt(subject)
	}
	in.speaks(findings.Benchmark)
	var err error
	switch in.head.first.(type) {
	case []any:
		err = in.walkAll(each(control))
	default:
		if has(in.head.first, "Controls") {
			err = in.walkAll(fields(map[string]*spot{"Controls": each(control)}))
		} else {
			err = in.walkAll(control)
		}
	}
	if err == nil {
		in.agree(0, "all", counted, printed)
	}
	in.says(printed.String())
	return err
}

func (in *intake) says(what string) {
	for _, said := range in.report.Says {
		if said == what {
			return
		}
	}
	in.report.Says = append(in.report.Says, what)
}

func (in *intake) total(into benchTotals, word string) *spot {
	return taken(func(raw []byte) {
		n, err := strconv.Atoi(string(raw))
		if err != nil {
			in.gap(in.place(), engine.Unreadable, "a total that is no number")
		}
		into[word] += n
	})
}

// benchText reads what kube-bench prints to a terminal, line by line. Every line is a
// heading, a result, a remedy or a count; one that is none of them is a gap.
type benchText struct {
	in              *intake
	line            int
	subject         findings.Subject // the section with results
	state           string           // Remediations or Summary, "" among results
	group           string           // that Summary is of
	counted, summed benchTotals
	printed, total  benchTotals
	last            *findings.Finding
}

func readBenchText(in *intake) error {
	b := &benchText{in: in, counted: benchTotals{}, summed: benchTotals{}}
	in.speaks(findings.Benchmark)
	lines := bufio.NewScanner(io.MultiReader(strings.NewReader(in.stream.rest()), in.stream.from))
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	for lines.Scan() {
		b.line++
		in.line = b.line
		b.take(strings.TrimRight(colours().ReplaceAllString(lines.Text(), ""), " \r"))
	}
	b.flush()
	b.close()
	in.lookedAt(b.subject)
	if b.total == nil {
		in.gap(b.line, engine.Unreadable, "it ends before its totals, so that nobody can tell whether it is whole")
	}
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return err
	} else if err != nil {
		return &syntaxError{b.line + 1, "a line of more than 1 MiB"}
	}
	return nil
}

func (b *benchText) take(line string) {
	if m := benchHeading().FindStringSubmatch(line); m != nil {
		b.flush()
		b.close()
		b.state, b.group = m[1], m[2]
		if b.state == "Summary" {
			b.printed = benchTotals{}
		}
		return
	}
	if b.state != "Remediations" {
		if m := benchLine().FindStringSubmatch(line); m != nil {
			b.flush()
			b.close()
			b.result(m[1], m[2], m[3])
			return
		}
	}
	switch m := benchCount().FindStringSubmatch(line); {
	case line == "", b.state == "Remediations":
	case b.state == "Summary" && m != nil && b.printed != nil:
		b.printed[m[2]], _ = strconv.Atoi(m[1]) // nine digits at most
	case b.last != nil && strings.TrimLeft(line, " \t") != line:
		b.last.Reason = strings.TrimSpace(b.last.Reason + " " + strings.TrimSpace(line))
	default:
		b.in.gap(b.line, engine.Unreadable, "a line that kube-bench does not print")
	}
}

// result takes a line of a result, or the heading of a section.
func (b *benchText) result(word, id, text string) {
	if word == "INFO" && benchSection().MatchString(id) && !benchScored().MatchString(text) {
		if !strings.Contains(id, ".") {
			b.in.lookedAt(b.subject)
			b.subject = findings.Subject{Name: strings.TrimSpace(id + " " + text), Class: findings.Benchmark}
		}
		return
	}
	b.counted[word]++
	b.last = &findings.Finding{Class: findings.Benchmark, ID: id, Title: text, Status: benchStates[word], Word: word, Subject: b.subject.Name}
}

// flush hands the result at hand over, with all lines that belong to it.
func (b *benchText) flush() {
	if b.last != nil {
		b.subject.Counts.Add(*b.last)
		b.in.finding(*b.last)
		b.last = nil
	}
}

// close compares a summary with the lines before it.
func (b *benchText) close() {
	if b.printed == nil {
		return
	}
	printed := b.printed
	b.printed, b.state = nil, ""
	for word, n := range b.counted {
		b.summed[word] += n
	}
	if b.group == "total" {
		b.total = printed
		b.in.says(printed.String())
		b.in.agree(b.line, "all", b.summed, printed)
	} else {
		b.in.agree(b.line, b.group, b.counted, printed)
	}
	b.counted = benchTotals{}
}
