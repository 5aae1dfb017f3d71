package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"tickmark/engine"
	"tickmark/engine/kube"
)

// scanPage prints a scan whose results come one by one, since those of a large target
// are too many to be held.
type scanPage interface {
	result(r resultForm) error
	end() error
}

func newScanPage(out io.Writer, form scanForm, format string) (scanPage, error) {
	if format != "json" {
		return &scanText{out: out, form: form}, nil
	}
	text, err := json.Marshal(form)
	// No string holds these bytes: a quote in one is escaped.
	before, after, _ := bytes.Cut(text, []byte(`"results":[]`))
	return &scanJSON{out: out, next: string(before) + `"results":[`, after: "]" + string(after) + "\n"}, err
}

// scanJSON prints the form around its results, and each of them between.
type scanJSON struct {
	out   io.Writer
	next  string // what stands before the next result
	after string
}

func (p *scanJSON) result(r resultForm) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(p.out, p.next); err != nil {
		return err
	}
	p.next = ","
	_, err = p.out.Write(text)
	return err
}

func (p *scanJSON) end() error {
	if p.next == "," { // there was a result
		p.next = ""
	}
	_, err := io.WriteString(p.out, p.next+p.after)
	return err
}

// scanText keeps the first lines of each result, and prints nothing of a scan that was
// not brought to its end.
type scanText struct {
	out   io.Writer
	form  scanForm
	lines strings.Builder
}

func (p *scanText) result(r resultForm) error {
	counts := map[engine.Verdict]int{}
	for _, detail := range r.Details {
		counts[detail.Verdict]++
	}
	fmt.Fprintf(&p.lines, "\n%s  %s: %d pass, %d fail, %d unknown\n", r.Verdict, r.Check, counts[engine.Pass], counts[engine.Fail], counts[engine.Unknown])
	const most = 10
	shown := 0
	for _, detail := range r.Details {
		if detail.Verdict != engine.Fail && detail.Verdict != engine.Unknown {
			continue
		}
		if shown++; shown > most {
			continue
		}
		fmt.Fprintf(&p.lines, "  %-8s%s: %s\n", detail.Verdict, kube.Printable(detail.Subject.String()), kube.Printable(detail.Sentence))
	}
	if shown > most {
		fmt.Fprintf(&p.lines, "  and %d more (-o json lists all)\n", shown-most)
	}
	return nil
}

func (p *scanText) end() error {
	for _, t := range p.form.Targets {
		fmt.Fprintf(p.out, "%s  %d objects, %d gaps\n", t.ID, p.form.Objects, len(p.form.Gaps))
	}
	_, err := io.WriteString(p.out, p.lines.String())
	if len(p.form.Gaps) > 0 {
		fmt.Fprintln(p.out, "\nCould not be seen:")
		printGaps(p.out, p.form.Gaps)
	}
	return err
}
