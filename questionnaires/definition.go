package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickmark/engine"
)

// Definition is a questionnaire of an organisation's own, complete with whatever it
// was composed of. It is the payload of an entry, so that a vault opens anywhere
// without the files it was read from.
type Definition struct {
	Code      string           `json:"code"`
	Title     string           `json:"title"`
	Revision  string           `json:"revision"` // as its authors call it
	Responses []Response       `json:"responses"`
	Sections  []DefinedSection `json:"sections"`
}

// DefinedSection is a part of a definition. Its questions share the first number,
// which no other section has.
type DefinedSection struct {
	Title     string            `json:"title"`
	Questions []DefinedQuestion `json:"questions"`
}

// DefinedQuestion is a question of an organisation's own.
type DefinedQuestion struct {
	ID        RequirementID   `json:"id"` // with a prefix, such as ORG-1.2
	Title     string          `json:"title"`
	Question  string          `json:"question"`
	Evidence  string          `json:"evidence"` // what good evidence is
	Methods   []Method        `json:"methods,omitempty"`
	Frequency string          `json:"frequency,omitempty"`
	Checks    []BoundCheck    `json:"checks,omitempty"`
	Informs   []RequirementID `json:"informs,omitempty"` // requirements of PCI DSS that its answer bears on
}

// BoundCheck says that a check informs a question.
type BoundCheck struct {
	ID    string     `json:"id"`
	Class BoundClass `json:"class"`
	Part  string     `json:"part,omitempty"` // of a partial one: which part
}

// BoundClass is a class that must be written out: Lead is the zero value of LinkClass,
// and a forgotten one shall not read as it.
type BoundClass string

// Class returns the class that is written.
func (c BoundClass) Class() (LinkClass, error) {
	i, err := indexOf("link class", linkClasses[:], string(c))
	return LinkClass(i), err
}

// Bounds of a definition, texts in bytes.
const (
	MaxQuestions       = 2000
	maxDefinedTitle    = 200
	maxDefinedRevision = 100
	maxDefinedText     = 8 << 10
	maxDefinedPart     = 500
	maxBound           = 50 // checks of a question, and requirements that it informs
)

var (
	formCode    = engine.Late(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	maxFormCode = 64
)

// Fault is what is wrong at a place of a definition.
type Fault struct {
	Path  string // such as sections[1].questions[0].id
	Cause string
}

// faults collects what is wrong below a place.
type faults struct {
	at  string
	all []Fault
}

func (f *faults) add(place, format string, args ...any) {
	if place != "" && f.at != "" {
		place = f.at + "." + place
	}
	f.all = append(f.all, Fault{Path: cmp.Or(place, f.at), Cause: fmt.Sprintf(format, args...)})
}

// line wants a text of one line that is not empty.
func (f *faults) line(place, text string, limit int) {
	if blank(text) {
		f.add(place, "it is missing")
	} else if err := checkLine(place, text, limit); err != nil {
		f.add(place, "%s", causeOf(err))
	}
}

// text wants a text that is not empty.
func (f *faults) text(place, text string) {
	if blank(text) {
		f.add(place, "it is missing")
	} else if err := CheckText(place, text, maxDefinedText); err != nil {
		f.add(place, "%s", causeOf(err))
	}
}

// causeOf is what is wrong with a text, without the place, which is named already.
func causeOf(err error) string {
	_, cause, found := strings.Cut(err.Error(), ": ")
	if !found {
		return err.Error()
	}
	return cause
}

// HeadFaults says what is wrong before the first section. Standard is PCI's catalogue,
// whose codes are taken.
func (d Definition) HeadFaults(standard *Catalogue) []Fault {
	f := &faults{}
	d.codeFaults(f, standard)
	f.line("title", d.Title, maxDefinedTitle)
	f.line("revision", d.Revision, maxDefinedRevision)
	if len(d.Responses) == 0 {
		f.add("responses", "it offers none: want some of %s", strings.Join(responses[1:], ", "))
	}
	for i, r := range d.Responses {
		place := fmt.Sprintf("responses[%d]", i)
		switch {
		case r == Unanswered:
			f.add(place, "unanswered is what a question is without a response, and cannot be offered")
		case slices.Contains(d.Responses[:i], r):
			f.add(place, "%s stands twice", r)
		}
	}
	return f.all
}

// CodeFaults says what is wrong with the code alone, of a set of questions.
func (d Definition) CodeFaults(standard *Catalogue) []Fault {
	f := &faults{}
	d.codeFaults(f, standard)
	return f.all
}

func (d Definition) codeFaults(f *faults, standard *Catalogue) {
	switch {
	case d.Code == "":
		f.add("code", "it is missing")
	case len(d.Code) > maxFormCode || !formCode().MatchString(d.Code):
		f.add("code", "want small letters, digits and hyphens such as acme-clusters, at most %d", maxFormCode)
	case standard.Holds(d.Code):
		f.add("code", "%s is the code of a form of PCI DSS", d.Code)
	}
}

// SectionFaults says what is wrong with the sections, but for what stands twice.
// Checks are the ids of all checks there are; nil asks not whether there is one.
func (d Definition) SectionFaults(standard *Catalogue, checks map[string]bool) []Fault {
	f := &faults{}
	for i, s := range d.Sections {
		at := fmt.Sprintf("sections[%d]", i)
		f.at = at
		f.line("title", s.Title, maxDefinedTitle)
		if len(s.Questions) == 0 {
			f.add("questions", "the section asks nothing")
		}
		for j, q := range s.Questions {
			f.at = fmt.Sprintf("%s.questions[%d]", at, j)
			q.faults(f, standard, checks)
			if first := s.Questions[0].ID; !q.ID.IsZero() && !first.IsZero() && q.ID.Principal() != first.Principal() {
				f.add("id", "%s is not of the section's number: its first question makes it %s", q.ID, first.Principal())
			}
		}
	}
	return f.all
}

func (q DefinedQuestion) faults(f *faults, standard *Catalogue, checks map[string]bool) {
	switch {
	case q.ID.IsZero():
		f.add("id", "it is missing")
	case !q.ID.Own():
		f.add("id", "%s is a number of the standard: want a prefix of your own, such as ORG-%s", q.ID, strings.TrimPrefix(q.ID.String(), appendix))
	case q.ID.length < 2:
		f.add("id", "%s is the number of a section: want one below it, such as %s.1", q.ID, q.ID)
	}
	f.line("title", q.Title, maxDefinedTitle)
	f.text("question", q.Question)
	f.text("evidence", q.Evidence)
	if err := checkLine("frequency", q.Frequency, maxDefinedTitle); err != nil {
		f.add("frequency", "%s", causeOf(err))
	}
	for i, m := range q.Methods {
		if m == NoMethod || slices.Contains(q.Methods[:i], m) {
			f.add(fmt.Sprintf("methods[%d]", i), "%q is no method, or stands twice: want examine, observe, interview", m)
		}
	}
	q.checkFaults(f, checks)
	if len(q.Informs) > maxBound {
		f.add("informs", "%d requirements, at most %d are kept", len(q.Informs), maxBound)
	}
	for i, id := range q.Informs {
		place := fmt.Sprintf("informs[%d]", i)
		if _, known := standard.Requirement(id); !known {
			f.add(place, "PCI DSS has no requirement %q", id)
		} else if slices.Contains(q.Informs[:i], id) {
			f.add(place, "%s stands twice", id)
		}
	}
}

func (q DefinedQuestion) checkFaults(f *faults, checks map[string]bool) {
	if len(q.Checks) > maxBound {
		f.add("checks", "%d checks, at most %d are kept", len(q.Checks), maxBound)
	}
	for i, c := range q.Checks {
		at := fmt.Sprintf("checks[%d]", i)
		same := func(o BoundCheck) bool { return o.ID == c.ID }
		switch {
		case c.ID == "":
			f.add(at+".id", "it is missing")
		case engine.IsCustom(c.ID): // of a policy, which is named when evidence is collected
		case len(c.ID) > maxDefinedTitle || !formCode().MatchString(c.ID):
			f.add(at+".id", "%.100q is no id of a check", c.ID)
		case checks != nil && !checks[c.ID]:
			f.add(at+".id", "there is no check %s (see `tickmark checks list`)", c.ID)
		case slices.ContainsFunc(q.Checks[:i], same):
			f.add(at+".id", "%s is bound twice", c.ID)
		}
		class, err := c.Class.Class()
		switch {
		case err != nil:
			f.add(at+".class", "%.100q is none: want direct, partial, population or lead", c.Class)
		case class == Partial:
			f.line(at+".part", c.Part, maxDefinedPart)
		case c.Part != "":
			f.add(at+".part", "a partial check, and no other, says which part")
		}
	}
}

// Questions counts the questions of all sections.
func (d Definition) Questions() int {
	n := 0
	for _, s := range d.Sections {
		n += len(s.Questions)
	}
	return n
}

// Digest identifies what is asked, word by word.
func (d Definition) Digest() (engine.Digest, error) { return engine.SumOf(d) }

// Catalogue makes what a vault's rules work with of a definition. Standard is PCI's.
func (d Definition) Catalogue(standard *Catalogue) (*Catalogue, error) {
	if found := append(d.HeadFaults(standard), d.SectionFaults(standard, nil)...); len(found) > 0 {
		return nil, fmt.Errorf("read questionnaire %.100q: %s: %s", d.Code, found[0].Path, found[0].Cause)
	}
	if n := d.Questions(); n == 0 || n > MaxQuestions {
		return nil, fmt.Errorf("read questionnaire %s: it asks %d questions: want 1 to %d", d.Code, n, MaxQuestions)
	}
	digest, err := d.Digest()
	if err != nil {
		return nil, fmt.Errorf("read questionnaire %s: %w", d.Code, err)
	}
	q := Questionnaire{Code: d.Code, Title: d.Title, Revision: d.Revision + ", definition " + digest.Short(), Responses: d.Responses, Definition: digest}
	titles := map[RequirementID]string{}
	var all []Requirement
	for _, s := range d.Sections {
		principal := s.Questions[0].ID.Principal()
		if titles[principal] != "" {
			return nil, fmt.Errorf("read questionnaire %s: two sections have the number %s", d.Code, principal)
		}
		titles[principal] = s.Title
		for _, asked := range s.Questions {
			q.Requirements = append(q.Requirements, asked.ID)
			all = append(all, asked.requirement())
		}
	}
	slices.SortFunc(all, func(x, y Requirement) int { return x.ID.Compare(y.ID) })
	return NewCatalogue(all, []Questionnaire{q}, titles)
}

// requirement is the question as the rules of an assessment know it. It has one
// testing procedure: itself.
func (q DefinedQuestion) requirement() Requirement {
	r := Requirement{
		ID: q.ID, Title: q.Title, Question: q.Question, Evidence: q.Evidence, Methods: q.Methods, ProcedureSize: 1, Frequency: q.Frequency,
		Informs: q.Informs,
	}
	for _, c := range q.Checks {
		class, _ := c.Class.Class()
		r.InformedBy = append(r.InformedBy, Link{Procedure: Procedure{Requirement: q.ID}, Check: c.ID, Class: class, Part: c.Part})
	}
	return r
}

// DefineQuestionnaire returns the draft that takes a definition into a vault. It
// refuses one that contradicts itself.
func DefineQuestionnaire(standard *Catalogue, d Definition) (Draft, error) {
	if _, err := d.Catalogue(standard); err != nil {
		return Draft{}, err
	}
	return Draft{Action: QuestionnaireDefined, Subject: "questionnaire " + d.Code, Payload: d}, nil
}

// Takes refuses a definition that asks something else by a number by which another
// questionnaire of the vault asks already: what is attached to a question is attached by
// its number. A question that both have from one set is the same.
func (h *History) Takes(d Definition) error {
	all, err := h.Definitions()
	if err != nil {
		return err
	}
	asked := map[RequirementID]DefinedQuestion{}
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			asked[q.ID] = q
		}
	}
	newest := map[string]Definition{}
	for _, held := range all {
		if held.Verified && held.Code != d.Code {
			newest[held.Code] = held.Definition
		}
	}
	for _, code := range slices.Sorted(maps.Keys(newest)) {
		for _, s := range newest[code].Sections {
			for _, q := range s.Questions {
				if own, is := asked[q.ID]; is && (own.Title != q.Title || own.Question != q.Question) {
					return fmt.Errorf("define questionnaire %s: %s is another question in %s, which the vault holds: want a prefix of its own", d.Code, q.ID, code)
				}
			}
		}
	}
	return nil
}

// RecordedDefinition is a definition as it stands in a vault.
type RecordedDefinition struct {
	Definition
	Digest   engine.Digest
	Entry    engine.Digest
	Verified bool // by an enrolled author
}

// Definitions returns the definitions of a vault, oldest first, each content once.
func (h *History) Definitions() ([]RecordedDefinition, error) {
	var all []RecordedDefinition
	for _, e := range h.entries {
		if e.Action != QuestionnaireDefined {
			continue
		}
		r := RecordedDefinition{Digest: e.Digest, Entry: e.ID, Verified: h.Verify(e.ID) == nil}
		if err := h.read(e, &r.Definition); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(all, func(o RecordedDefinition) bool { return o.Digest == r.Digest })
		switch {
		case at < 0:
			all = append(all, r)
		case r.Verified && !all[at].Verified:
			all[at] = r
		}
	}
	return all, nil
}

// ErrNoDefinition says that a vault holds no definition of a code.
var ErrNoDefinition = errors.New("the vault holds no questionnaire of that code")

// Definition returns the newest definition that a code names, or the one of
// CODE@DIGEST, which a beginning of at least four digits names. Of several that were
// brought side by side one has to be named.
func (h *History) Definition(name string) (RecordedDefinition, error) {
	fail := func(err error) (RecordedDefinition, error) {
		return RecordedDefinition{}, fmt.Errorf("find questionnaire %.100q: %w", name, err)
	}
	all, err := h.Definitions()
	if err != nil {
		return fail(err)
	}
	code, digest, exact := strings.Cut(name, "@")
	if exact && len(digest) < 4 {
		return fail(errors.New("want at least four digits of the definition's digest"))
	}
	var named []RecordedDefinition
	for _, d := range all {
		if d.Code == code && d.Verified && strings.HasPrefix(d.Digest.String(), digest) {
			named = append(named, d)
		}
	}
	newest := slices.DeleteFunc(slices.Clone(named), func(d RecordedDefinition) bool {
		return slices.ContainsFunc(named, func(o RecordedDefinition) bool { return h.IsAncestor(d.Entry, o.Entry) })
	})
	switch {
	case len(named) == 0:
		return fail(ErrNoDefinition)
	case exact && len(named) > 1:
		return fail(errors.New("several definitions begin so; write more of the digest"))
	case len(newest) > 1:
		var names []string
		for _, d := range newest {
			names = append(names, d.Code+"@"+d.Digest.Short())
		}
		return fail(fmt.Errorf("several revisions were brought side by side; name one: %s", strings.Join(names, ", ")))
	}
	return newest[0], nil
}

// defined returns the catalogue of a definition that the history holds, read once.
func (h *History) defined(standard *Catalogue, digest engine.Digest) (*Catalogue, error) {
	if read, known := h.known.forms.Load(digest); known {
		c, _ := read.(*Catalogue)
		return c, nil
	}
	for _, e := range h.entries {
		if e.Action != QuestionnaireDefined || e.Digest != digest {
			continue
		}
		var d Definition
		if err := h.read(e, &d); err != nil {
			return nil, err
		}
		c, err := d.Catalogue(standard)
		if err == nil {
			h.known.forms.Store(digest, c)
		}
		return c, err
	}
	return nil, fmt.Errorf("the vault does not hold its definition %s", digest.Short())
}
