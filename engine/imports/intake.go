package imports

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	kubejson "sigs.k8s.io/json"

	"tickmark/engine"
	"tickmark/engine/findings"
	"tickmark/engine/redaction"
)

// Bounds of what becomes documents. Findings beyond them are counted, and a gap says
// that they were not kept.
const (
	maxFindings = 100_000
	maxSubjects = 50_000
	maxGaps     = 1000
	maxList     = 20 // of references and the like
)

// intake takes what a format reads out of a file.
type intake struct {
	head     head
	stream   *stream
	report   findings.Report
	snapshot engine.Snapshot
	about    string // the same thing as a target of a collection
	to       engine.Intake
	now      func() time.Time
	redactor *redaction.Redactor
	source   string
	names    map[engine.Digest]int
	kept     kept
	stated   string // by whoever imports: what was looked at
	// again opens the file once more, for what a format has to know first.
	again func() (io.Closer, *stream, error)
	line  int // of a file that is read by lines
	// members are those of the values that are decoded.
	members members
}

// kept is how much became documents, how many gaps did not, and why whoever takes
// documents refused one.
type kept struct {
	findings, subjects, lostGaps int
	mostFindings, mostSubjects   int
	refused                      error
}

// place is the line at hand.
func (in *intake) place() int {
	if in.line > 0 || in.stream == nil {
		return in.line
	}
	return in.stream.line()
}

func newIntake(f *File, first head, to engine.Intake) *intake {
	in := &intake{
		head: first, to: to, now: f.Now, redactor: redaction.New(), source: redaction.Line(filepath.Base(f.Path)), stated: f.Looked, names: map[engine.Digest]int{}, members: members{},
	}
	in.kept.mostFindings, in.kept.mostSubjects = cmp.Or(f.most, maxFindings), cmp.Or(f.most, maxSubjects)
	if in.now == nil {
		in.now = func() time.Time { return time.Time{} }
	}
	in.snapshot = engine.Snapshot{
		Tool: f.Tool, Canonical: engine.CanonicalVersion, Redaction: redaction.Version, Started: in.now().UTC(),
		Entries: []engine.Entry{}, Populations: []engine.Population{}, Gaps: []engine.Gap{}, Redacted: in.redactor.Counts,
	}
	return in
}

// text makes a text of the file one that may be kept: redacted, printable, on one line.
func (in *intake) text(s string) string {
	const most = 8 << 10
	if len(s) > most {
		s = s[:most]
	}
	return in.redactor.Line(s)
}

func (in *intake) texts(all []string) []string {
	if len(all) == 0 {
		return nil
	}
	kept := make([]string, 0, min(len(all), maxList))
	for _, s := range all[:min(len(all), maxList)] {
		kept = append(kept, in.text(s))
	}
	return kept
}

// gap says what could not be understood, or what the tool itself could not look at.
func (in *intake) gap(line int, reason engine.GapReason, cause string) {
	if len(in.snapshot.Gaps) >= maxGaps {
		in.kept.lostGaps++
		return
	}
	in.snapshot.Gaps = append(in.snapshot.Gaps, engine.Gap{Source: in.source, Line: line, Kind: findings.FindingKind, Reason: reason, Cause: in.text(cause)})
}

// written reports whether a file is of a version of its format that is known here, and says
// as a gap where it is of another: names may mean something else in it.
func (in *intake) written(format, version string, known ...string) bool {
	is := slices.Contains(known, version)
	if !is {
		in.gap(1, engine.Unsupported, fmt.Sprintf("it is %s %s, and %s is what is read", format, cmp.Or(version, "of no version"), strings.Join(known, ", ")))
	}
	return is
}

// speaks notes what a file speaks of.
func (in *intake) speaks(of ...findings.Class) {
	for _, c := range of {
		if !slices.Contains(in.report.Classes, c) {
			in.report.Classes = append(in.report.Classes, c)
		}
	}
	slices.Sort(in.report.Classes)
}

// decode reads a value; one that is not what the tool writes is a gap.
func (in *intake) decode(raw []byte, into any) bool {
	return in.understand(in.place(), "", raw, into)
}

// understand reads a value of a line by its names as they are, and not in another case.
// One in which something stands twice is not read.
func (in *intake) understand(line int, what string, raw []byte, into any) bool {
	err := kubejson.UnmarshalCaseSensitivePreserveInts(raw, into)
	var form *json.UnmarshalTypeError
	if errors.As(err, &form) {
		what, _, _ := strings.Cut(form.Value, " ") // not which number
		err = fmt.Errorf("%s is a %s, which it never is", cmp.Or(form.Field, "an item"), what)
	}
	if err == nil {
		twice, otherwise := in.members.look(raw, into)
		if otherwise != "" {
			in.gap(line, engine.Unreadable, what+otherwise)
		}
		if twice == "" {
			return true
		}
		err = errors.New(twice)
	}
	in.gap(line, engine.Unreadable, what+err.Error())
	return false
}

// finding takes a finding.
func (in *intake) finding(f findings.Finding) {
	in.speaks(f.Class)
	in.report.Counts.Add(f)
	if in.kept.findings >= in.kept.mostFindings {
		in.report.Truncate++
		return
	}
	in.kept.findings++
	clean(in, &f)
	if f.Class == findings.Secrets {
		f.Reason, f.Package = "", findings.Package{} // what was found may be the secret itself
	}
	identity, _ := engine.SumOf([]string{f.Class.String(), f.ID, f.Subject, f.Location, f.Package.Name, f.Package.Installed})
	name := strings.TrimSpace(f.ID + " " + f.Package.Name)
	in.document(findings.FindingKind, in.unique(name, identity), f)
	if in.kept.findings%1000 == 0 {
		in.progress()
	}
}

func clean(in *intake, f *findings.Finding) {
	for _, s := range []*string{&f.Seen.By, &f.ID, &f.Title, &f.Word, &f.Rating, &f.Subject, &f.Location, &f.Package.Name, &f.Package.Installed, &f.Package.Fixed, &f.Reason} {
		*s = in.text(*s)
	}
	if s := f.Statement; s != nil {
		for _, t := range []*string{&s.State, &s.Why, &s.Author, &s.Source} {
			*t = in.text(*t)
		}
	}
	f.References = in.texts(f.References)
	for i := range f.Compliance {
		c := &f.Compliance[i]
		c.Standard, c.IDs, c.PCI = in.text(c.Standard), in.texts(c.IDs), pciVersion(c.Standard)
	}
	if len(f.Compliance) > maxList {
		// Those of PCI DSS are the last to go.
		slices.SortStableFunc(f.Compliance, func(a, b findings.Compliance) int {
			if a.IsPCI() == b.IsPCI() {
				return 0
			} else if a.IsPCI() {
				return -1
			}
			return 1
		})
		f.Compliance = f.Compliance[:maxList]
	}
}

// subject takes one thing that the tool says it looked at.
func (in *intake) subject(s findings.Subject) {
	in.speaks(s.Class)
	if in.kept.subjects++; in.kept.subjects > in.kept.mostSubjects {
		return
	}
	s.Name, s.Type, s.Tool = in.text(s.Name), in.text(s.Type), in.text(s.Tool)
	identity, _ := engine.SumOf([]string{s.Class.String(), s.Type, s.Name})
	in.document(findings.SubjectKind, in.unique(s.Name, identity), s)
}

// lookedAt takes one thing of which the tool lists what it found there, and reports
// whether it does: of an empty list nobody can tell that the tool looked.
func (in *intake) lookedAt(s findings.Subject) bool {
	if s.Name == "" || !s.Counts.Judged() {
		return false
	}
	in.subject(s)
	return true
}

// unique is a name for a document that is the same in the next file of the tool.
func (in *intake) unique(name string, identity engine.Digest) string {
	const most = 160
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "")
	}
	name = strings.TrimSpace(name + " " + identity.Short()[:8])
	in.names[identity]++
	if n := in.names[identity]; n > 1 {
		name += fmt.Sprintf(" #%d", n)
	}
	return name
}

// document makes a document of what was understood.
func (in *intake) document(of engine.Kind, name string, value any) {
	if in.kept.refused != nil {
		return
	}
	body, err := documentOf(of, name, value)
	if err != nil {
		in.gap(0, engine.Unreadable, err.Error())
		return
	}
	doc := engine.NewDocument(engine.Ref{Group: of.Group, Kind: of.Kind, Name: name}, body)
	if in.to.Document != nil {
		if err := in.to.Document(doc); err != nil {
			in.kept.refused = fmt.Errorf("take in %s: %w", doc.Ref, err)
			return
		}
	}
	origin := in.source
	if of != findings.ReportKind {
		origin = fmt.Sprintf("%s:%d", in.source, in.place())
	}
	in.snapshot.Entries = append(in.snapshot.Entries, engine.Entry{Ref: doc.Ref, Digest: doc.Digest, Origin: origin})
}

// documentOf is the canonical form of a value with its kind and name.
func documentOf(of engine.Kind, name string, value any) ([]byte, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	head, err := json.Marshal(map[string]any{"apiVersion": findings.Version, "kind": of.Kind, "metadata": map[string]string{"name": name}})
	if err != nil {
		return nil, err
	}
	return engine.CanonicalJSON(append(append(head[:len(head)-1], ','), raw[1:]...))
}

func (in *intake) progress() {
	if in.to.Progress != nil {
		in.to.Progress(engine.Progress{Source: in.source, What: in.report.Format, Seen: len(in.snapshot.Entries), Gaps: len(in.snapshot.Gaps)})
	}
}

// finish writes the report and closes the snapshot. Failed is why the file was not read to
// its end.
func (in *intake) finish(failed, stopped error) (engine.Snapshot, error) {
	var broken *syntaxError
	switch {
	case stopped != nil:
		in.gap(0, engine.Interrupted, "the reading was stopped")
	case errors.As(failed, &broken):
		in.gap(broken.line, engine.Unreadable, "it is broken there, and what follows was not read: "+broken.cause)
	case failed != nil:
		in.gap(0, engine.Unreadable, failed.Error())
	}
	if in.report.Truncate > 0 {
		in.gap(0, engine.TooLarge, fmt.Sprintf("%d findings beyond the first %d were counted and not kept", in.report.Truncate, in.kept.mostFindings))
	}
	if in.kept.subjects > in.kept.mostSubjects {
		in.gap(0, engine.TooLarge, fmt.Sprintf("%d things that were looked at beyond the first %d were not kept", in.kept.subjects-in.kept.mostSubjects, in.kept.mostSubjects))
	}
	if in.kept.lostGaps > 0 {
		in.snapshot.Gaps = append(in.snapshot.Gaps, engine.Gap{
			Source: in.source, Kind: findings.FindingKind, Reason: engine.Unreadable, Cause: fmt.Sprintf("%d gaps more", in.kept.lostGaps),
		})
	}
	r := &in.report
	if r.Looked.Name == "" && in.stated != "" {
		r.Looked = findings.Artifact{Name: in.stated, Stated: true}
	}
	r.Tool.Name, r.Tool.Version, r.Format = in.text(r.Tool.Name), in.text(r.Tool.Version), in.text(r.Format)
	for i := range r.Tools {
		r.Tools[i] = engine.Tool{Name: in.text(r.Tools[i].Name), Version: in.text(r.Tools[i].Version)}
	}
	r.Looked.Kind, r.Looked.Name, r.Looked.Digests = in.text(r.Looked.Kind), in.text(r.Looked.Name), in.texts(r.Looked.Digests)
	r.LeftOut, r.Unsaid, r.Says, r.Database.Version = in.texts(r.LeftOut), in.texts(r.Unsaid), in.texts(r.Says), in.text(r.Database.Version)
	r.Whole = len(in.snapshot.Gaps) == 0
	if r.Classes == nil {
		r.Classes = []findings.Class{}
	}
	in.target()
	in.document(findings.ReportKind, strings.TrimSpace(r.Tool.Name+" "+r.File.Digest.Short()), *r)
	if in.kept.refused != nil {
		return engine.Snapshot{}, in.kept.refused
	}
	counts := map[engine.Kind]int{}
	for _, e := range in.snapshot.Entries {
		counts[e.Ref.Of()]++
	}
	complete := failed == nil && stopped == nil
	for _, k := range findings.Kinds() {
		in.snapshot.Populations = append(in.snapshot.Populations, engine.Population{
			Kind: k, Count: counts[k], Complete: complete || k == findings.ReportKind, Query: "read " + in.source,
		})
	}
	in.snapshot.Ended = in.now().UTC()
	in.snapshot.Sort()
	return in.snapshot, stopped
}

// target is what the file says that the tool looked at; the file itself where it does not
// say, which is to be linked later.
func (in *intake) target() {
	r := in.report
	slug := strings.Trim(slugForm().ReplaceAllString(strings.ToLower(r.Tool.Name), "-"), "-")
	if slug == "" {
		slug = "unnamed"
	}
	slug = slug[:min(len(slug), 40)]
	if r.Looked.Name == "" {
		in.snapshot.Target = engine.NewImportTarget(slug, r.File.Digest, r.Tool.Name+" "+r.File.Name)
		in.snapshot.Target.Provisional = true
		return
	}
	of, _ := engine.SumOf([]string{r.Format, r.Looked.Kind, r.Looked.Name})
	in.snapshot.Target = engine.NewImportTarget(slug, of, r.Tool.Name+" "+r.Looked.Name)
	in.snapshot.Target.About = in.about
}

var slugForm = engine.Late(`[^a-z0-9]+`)

var (
	pciName   = engine.Late(`(?i)\bpci(?:[ _/.-]*(?:dss|ssc))?(?:\b|v?[0-9])|\bpci[_-]`)
	pciNumber = engine.Late(`(?:^|[^0-9.])v?_?([1-9](?:[._][0-9]+){1,2})(?:[^0-9]|$)`)
)

// pciVersion is the version of PCI DSS that the name of a standard says, "?" where it says
// none, and "" where it is another standard. A number before the name may be of another
// standard that is named with it.
func pciVersion(standard string) string {
	at := pciName().FindStringIndex(standard)
	if at == nil {
		return ""
	}
	if m := pciNumber().FindStringSubmatch(standard[at[0]:]); m != nil {
		return strings.ReplaceAll(m[1], "_", ".")
	}
	return "?"
}

// when reads a time as tools write it. What is none is no time, and never now.
func when(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999 -0700 MST", "2006-01-02 15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return plausible(t)
		}
	}
	return time.Time{}
}

// plausible is t where a tool of this kind can have run then.
func plausible(t time.Time) time.Time {
	if t.Year() < 2005 || t.Year() > 2200 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}
