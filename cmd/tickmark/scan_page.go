package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

// scanPage prints a scan whose results come one by one, since those of a large target
// are too many to be held.
type scanPage interface {
	result(r engine.Result) error
	end() error
}

func newScanPage(out io.Writer, form scanForm, catalogue *questionnaires.Catalogue, checks []engine.Check, format string) (scanPage, error) {
	if format != "json" {
		return newScanText(out, form, catalogue, checks), nil
	}
	text, err := json.Marshal(form)
	// No string holds these bytes: a quote in one is escaped.
	before, after, _ := bytes.Cut(text, []byte(`"results":[]`))
	return &scanJSON{out: out, catalogue: catalogue, next: string(before) + `"results":[`, after: "]" + string(after) + "\n"}, err
}

// scanJSON prints the form around its results, and each of them between.
type scanJSON struct {
	out       io.Writer
	catalogue *questionnaires.Catalogue
	next      string // what stands before the next result
	after     string
}

func (p *scanJSON) result(r engine.Result) error {
	text, err := json.Marshal(resultFormOf(p.catalogue, r))
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
// not brought to its end. What failed stands first; a gap that may hide objects of any
// kind is told once, and not again with each check.
type scanText struct {
	out       io.Writer
	form      scanForm
	catalogue *questionnaires.Catalogue
	titles    map[string]string // of the checks
	anyKind   []string          // what a detail ends with that repeats a gap of no one kind
	// pages are the results of each verdict, and lists the checks of which no more is said
	// than the verdict.
	pages map[engine.Verdict]*strings.Builder
	lists map[engine.Verdict][]string
	count map[engine.Verdict]int
}

func newScanText(out io.Writer, form scanForm, catalogue *questionnaires.Catalogue, checks []engine.Check) *scanText {
	p := &scanText{
		out: out, form: form, catalogue: catalogue, titles: map[string]string{}, pages: map[engine.Verdict]*strings.Builder{},
		lists: map[engine.Verdict][]string{}, count: map[engine.Verdict]int{},
	}
	for _, c := range checks {
		p.titles[c.ID] = c.Words.Title
	}
	for _, g := range form.Gaps {
		if g.Kind == "" {
			p.anyKind = append(p.anyKind, "("+g.Reason+"): "+g.place()+": "+g.Cause)
		}
	}
	for _, v := range worstFirst() {
		p.pages[v] = &strings.Builder{}
	}
	return p
}

func worstFirst() []engine.Verdict {
	return []engine.Verdict{engine.Fail, engine.Unknown, engine.Pass, engine.NotApplicable}
}

// mostDetails is how many details are printed of one result.
const mostDetails = 10

func (p *scanText) result(r engine.Result) error {
	var counts [engine.NotApplicable + 1]int
	told, more := make([]*engine.Detail, 0, mostDetails), 0
	for i := range r.Details {
		detail := &r.Details[i]
		counts[detail.Verdict]++
		switch {
		case detail.Verdict != engine.Fail && (detail.Verdict != engine.Unknown || p.repeats(detail)):
		case len(told) == mostDetails:
			more++
		default:
			told = append(told, detail)
		}
	}
	p.count[r.Verdict]++
	if len(told) == 0 && r.Verdict != engine.Pass {
		p.lists[r.Verdict] = append(p.lists[r.Verdict], p.name(r))
		return nil
	}
	page := p.pages[r.Verdict]
	line := fmt.Sprintf("%s  %s: %d pass, %d fail, %d unknown\n", r.Verdict, p.name(r), counts[engine.Pass], counts[engine.Fail], counts[engine.Unknown])
	if r.Verdict == engine.Pass {
		page.WriteString(line)
		return nil
	}
	fmt.Fprintf(page, "\n%s  should hold: %s%s\n", line, kube.Printable(p.titles[r.Check]), requirementsText(p.catalogue, r))
	for _, detail := range told {
		fmt.Fprintf(page, "  %-8s%s: %s\n", detail.Verdict, kube.Printable(detail.Subject.String()), kube.Printable(detail.Sentence))
	}
	if more > 0 {
		fmt.Fprintf(page, "  and %d more (-o json lists all)\n", more)
	}
	return nil
}

// name is the check of a result, and where there are several targets the one that it is of.
func (p *scanText) name(r engine.Result) string {
	if len(p.form.snapshots) < 2 {
		return r.Check
	}
	return r.Check + " of " + kube.Printable(r.Target)
}

// requirementsText names the requirements that a result bears on.
func requirementsText(catalogue *questionnaires.Catalogue, r engine.Result) string {
	var ids []string
	for _, l := range catalogue.Inform([]engine.Result{r})[0].Links {
		if id := l.Procedure.Requirement.String(); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return " (" + strings.Join(ids, ", ") + ")"
}

// repeats reports whether a detail says no more than a gap that is listed by itself.
func (p *scanText) repeats(d *engine.Detail) bool {
	return slices.ContainsFunc(p.anyKind, func(end string) bool { return strings.HasSuffix(d.Sentence, end) })
}

func (p *scanText) end() error {
	for _, s := range p.form.snapshots {
		fmt.Fprintf(p.out, "%s  %s, %s\n", kube.Printable(s.Target.ID), counted(len(s.Entries), "object", "objects"), counted(len(s.Gaps), "gap", "gaps"))
	}
	var counts []string
	for _, v := range worstFirst() {
		counts = append(counts, fmt.Sprintf("%d %s", p.count[v], v))
	}
	_, err := fmt.Fprintf(p.out, "checks: %s\n", strings.Join(counts, ", "))
	if len(p.form.Gaps) > 0 {
		fmt.Fprintln(p.out, "\nCould not be seen:")
		printGaps(p.out, p.form.Gaps)
	}
	_, _ = io.WriteString(p.out, p.pages[engine.Fail].String()+p.pages[engine.Unknown].String())
	p.list(engine.Unknown, "unknown because of what could not be seen, named above:")
	if p.pages[engine.Pass].Len() > 0 {
		fmt.Fprintf(p.out, "\n%s", p.pages[engine.Pass])
	}
	p.list(engine.NotApplicable, "not applicable, since nothing is there to judge:")
	return err
}

// list prints the checks of a verdict of which no more is said, below a heading.
func (p *scanText) list(v engine.Verdict, heading string) {
	if len(p.lists[v]) == 0 {
		return
	}
	fmt.Fprintf(p.out, "\n%s\n", heading)
	const width = 100
	line := " "
	for i, check := range p.lists[v] {
		if i < len(p.lists[v])-1 {
			check += ","
		}
		if len(line)+1+len(check) > width {
			fmt.Fprintln(p.out, line)
			line = " "
		}
		line += " " + check
	}
	fmt.Fprintln(p.out, line)
}
