package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/engine/findings"
)

// importedScan is one file of another tool, with what it says.
type importedScan struct {
	object   *engine.Object
	report   *findings.Report
	subjects []engine.Typed[findings.Subject]
	findings []engine.Typed[findings.Finding]
	read     bool // all of the findings
}

type importedScansKey struct{}

// importedScans returns the files of a view: an import has one.
func importedScans(v *engine.View) []importedScan {
	return engine.Memo(v, importedScansKey{}, func() []importedScan {
		var all []importedScan
		for _, r := range engine.All[findings.Report](v, findings.ReportKind) {
			all = append(all, importedScan{
				object: r.Object, report: r.Value,
				subjects: engine.All[findings.Subject](v, findings.SubjectKind), findings: engine.All[findings.Finding](v, findings.FindingKind),
				read: v.Saw(findings.FindingKind),
			})
		}
		return all
	})
}

// detail is a detail of the file as a whole.
func (s importedScan) detail(f finding) engine.Detail { return f.of(s.object.Ref, s.object.Digest) }

// tool is the tool's name, and looked what it looked at.
func (s importedScan) tool() string { return s.report.Tool.Name }

// by is the tool that said something, of several that wrote the file.
func (s importedScan) by(tool string) string { return cmp.Or(tool, s.tool()) }

func (s importedScan) looked() string {
	name := s.report.Looked.Name
	if s.report.Looked.Stated {
		name += " (as stated by whoever imported the file)"
	}
	return name
}

// judgeImported judges what other tools say of a class: what is wrong with the file
// first, then every finding, then what they looked at and found clean. Findings that
// passed are one detail for each id, since a tool has one for each thing it looked at.
func judgeImported(v *engine.View, class findings.Class, judge func(importedScan, *findings.Finding) finding) []engine.Detail {
	var details []engine.Detail
	for _, s := range importedScans(v) {
		if !slices.Contains(s.report.Classes, class) {
			continue
		}
		details = append(details, s.shortcomings(class, v.Now())...)
		passed := passedByID{}
		bad := s.blamed(class)
		judged := 0
		for _, f := range s.findings {
			if f.Value.Class != class {
				continue
			}
			if f.Value.Status != findings.Skipped {
				judged++
			}
			verdict := judge(s, f.Value)
			if verdict.verdict == engine.Pass && f.Value.Status == findings.Passed {
				passed.add(f, verdict)
				continue
			}
			if verdict.verdict == engine.Fail || verdict.verdict == engine.Unknown {
				bad.add(f.Value.Seen.By, f.Value.Subject)
			}
			details = append(details, verdict.of(f.Ref, f.Digest, s.object.Digest))
		}
		details = append(details, passed.details(s)...)
		clean, looked := s.clean(class, bad)
		details = append(details, clean...)
		if judged == 0 && looked == 0 {
			details = append(details, s.detail(unknown("classes", s.report.Classes,
				"%s names nothing that it looked at for %s: an empty list shows nothing", s.tool(), class)))
		}
	}
	return details
}

// shortcomings are what keeps a file from being proof, whatever it says.
func (s importedScan) shortcomings(class findings.Class, now time.Time) []engine.Detail {
	var details []engine.Detail
	if s.report.Looked.Name == "" {
		details = append(details, s.detail(unknown("looked.name", nil,
			"%s does not say what it looked at; import the file again with --target NAME, or have the tool name it", s.tool())))
	}
	if !s.report.Whole {
		details = append(details, s.detail(unknown("whole", false,
			"Not all of the file could be read, or the tool could not look at all: see the gaps of this collection")))
	}
	if len(s.report.LeftOut) > 0 {
		details = append(details, s.detail(unknown("leftOut", s.report.LeftOut,
			"%s was told to leave something out: %s", s.tool(), list(s.report.LeftOut))))
	}
	if run := judgeRun(s, now); class == findings.Vulnerabilities && run.verdict != engine.Pass {
		if run.verdict == engine.Fail {
			run.sentence += ", and what became known since is not in it"
		}
		details = append(details, s.detail(unknown("ran", run.value, "%s", run.sentence)))
	}
	if class == findings.Vulnerabilities && len(s.report.Unsaid) > 0 {
		details = append(details, s.detail(unknown("unsaid", s.report.Unsaid,
			"%s may have been told to leave something out, and its file shows nothing of that; ask for the command line: %s", s.tool(), list(s.report.Unsaid))))
	}
	return details
}

// blamed are the things of which something bad is said, by the tool that says it. What is
// said of none of those that it looked at, such as a file in an image, may be of each.
type blamed struct {
	looked map[string]bool
	bad    map[[2]string]bool
}

func (s importedScan) blamed(class findings.Class) blamed {
	b := blamed{map[string]bool{}, map[[2]string]bool{}}
	for _, subject := range s.subjects {
		if subject.Value.Class == class {
			b.looked[subject.Value.Name] = true
		}
	}
	return b
}

const anyOfThem = ""

func (b blamed) add(tool, name string) {
	if !b.looked[name] {
		name = anyOfThem
	}
	b.bad[[2]string{tool, name}] = true
}

func (b blamed) has(tool, name string) bool {
	return b.bad[[2]string{tool, name}] || b.bad[[2]string{tool, anyOfThem}]
}

// clean are the things that a tool looked at of which nothing bad is said, and how many
// things it looked at.
func (s importedScan) clean(class findings.Class, bad blamed) (details []engine.Detail, looked int) {
	for _, subject := range s.subjects {
		if subject.Value.Class != class {
			continue
		}
		looked++
		name := subject.Value.Name
		if bad.has(subject.Value.Tool, name) {
			continue
		}
		if name == s.report.Looked.Name {
			name = s.looked()
		}
		if !s.read {
			details = append(details, unknown("counts", subject.Value.Counts, "%s looked at %s, and what it found could not all be read",
				s.by(subject.Value.Tool), name).of(subject.Ref, subject.Digest, s.object.Digest))
			continue
		}
		details = append(details, passes("counts", subject.Value.Counts, "%s looked at %s and reports nothing serious: %s",
			s.by(subject.Value.Tool), name, countsOf(subject.Value.Counts)).of(subject.Ref, subject.Digest, s.object.Digest))
	}
	return details, looked
}

// countsOf says how many findings there are, e.g. "3 low, 1 medium, 20 passed".
func countsOf(c findings.Counts) string {
	var parts []string
	for _, severity := range []findings.Severity{findings.Critical, findings.High, findings.Medium, findings.Low, findings.Negligible, findings.Unrated} {
		if n := c.Severities[severity.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, severity))
		}
	}
	for _, status := range []findings.Status{findings.Passed, findings.Manual, findings.Suppressed, findings.Skipped, findings.Errored, findings.Unclear} {
		if n := c.Statuses[status.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
		}
	}
	if len(parts) == 0 {
		return "no finding at all"
	}
	return strings.Join(parts, ", ")
}

// passedByID are findings that passed, by the tool and its id of what was looked for.
type passedByID map[string]*passedFindings

type passedFindings struct {
	verdict  finding
	first    engine.Ref
	subjects []string
	cites    []engine.Digest
	count    int
}

func (p passedByID) add(f engine.Typed[findings.Finding], verdict finding) {
	const most = 20 // that are named and cited; the snapshot has all
	id := f.Value.Seen.By + " " + f.Value.ID
	of, known := p[id]
	if !known {
		of = &passedFindings{verdict: verdict, first: f.Ref}
		p[id] = of
	}
	if of.count++; of.count <= most {
		of.subjects, of.cites = append(of.subjects, f.Value.Subject), append(of.cites, f.Digest)
	}
}

func (p passedByID) details(s importedScan) []engine.Detail {
	details := make([]engine.Detail, 0, len(p))
	for _, of := range p {
		if of.count > 1 {
			of.verdict.sentence += fmt.Sprintf("; %d in all, among them %s", of.count, list(of.subjects))
		}
		details = append(details, of.verdict.of(of.first, append(of.cites, s.object.Digest)...))
	}
	return details
}

// said is a finding in a sentence: whose it is, what of, and how bad.
func said(s importedScan, f *findings.Finding) string {
	text := f.ID
	if f.Title != "" && f.Title != f.ID {
		text += " (" + f.Title + ")"
	}
	if f.Package.Name != "" {
		text += " in " + strings.TrimSpace(f.Package.Name+" "+f.Package.Installed)
	}
	if f.Subject != "" {
		text += " of " + f.Subject
	}
	return s.by(f.Seen.By) + " on " + text
}

// behind is what stands behind a finding: the severity in the tool's words, the fix, and
// what the tool says of PCI DSS.
func behind(f *findings.Finding) string {
	var text string
	if f.Rating != "" {
		text += ", rated " + f.Rating
	}
	if f.Package.Name != "" {
		if f.Package.Fixed != "" {
			text += ", fixed in " + f.Package.Fixed
		} else if f.Class == findings.Vulnerabilities {
			text += ", no fix is named"
		}
	}
	for _, c := range f.Compliance {
		switch {
		case c.Current():
			text += fmt.Sprintf("; the tool names %s, which is worth a look", c)
		case c.IsPCI():
			text += fmt.Sprintf("; the tool names %s, which is carried over to no requirement", c)
		}
	}
	return text
}

// judgeFinding judges a finding by what its tool says of it. Serious says whether a
// failed one fails, and of what passes it by otherwise.
func judgeFinding(s importedScan, f *findings.Finding) finding {
	switch f.Status {
	case findings.Passed:
		return passes("status", f.Word, "%s: passed", said(s, f))
	case findings.Failed:
		return fails("status", f.Word, "%s: failed%s", said(s, f), behind(f))
	case findings.Suppressed:
		return suppressed(s, f)
	case findings.Manual:
		return unknown("status", f.Word, "%s: left to a person to find out", said(s, f))
	case findings.Errored:
		return unknown("status", f.Word, "%s: the tool could not look%s", said(s, f), because(f.Reason))
	case findings.Skipped:
		return notApplicable("status", f.Word, "%s: the tool did not look, or does not count it%s", said(s, f), because(f.Reason))
	case findings.Unclear:
	}
	return unknown("status", f.Word, "%s: the tool says %q, which is not understood", said(s, f), f.Word)
}

// suppressed says why somebody holds that a finding does not count, which is a person's
// to judge. A statement of exploitability without an author or a date is none.
func suppressed(s importedScan, f *findings.Finding) finding {
	st := f.Statement
	if st == nil {
		st = &findings.Statement{}
	}
	text := "suppressed"
	if st.State != "" {
		text += " as " + st.State
	}
	if st.Source != "" {
		text += " by " + st.Source
	}
	if st.Author != "" {
		text += ", " + st.Author
	}
	if !st.Date.IsZero() {
		text += ", on " + st.Date.Format("2006-01-02")
	}
	switch {
	case st.VEX && (st.Author == "" || st.Date.IsZero()):
		text += "; it names no author or no date, and counts for nothing until it does"
	case st.Why == "":
		text += "; no reason is given"
	default:
		text += ": " + st.Why + "; whether that holds is for a person to judge"
	}
	return unknown("statement", st, "%s: %s%s", said(s, f), text, behind(f))
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}
