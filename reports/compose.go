package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/questionnaires"
)

// Compose makes the document of a dossier. It is pure: the same dossier gives the
// same document.
func Compose(d Dossier) (Document, error) {
	if d.Kind == Fitting {
		d.Kind = kindOf(d.Assessment.Questionnaire)
	}
	if err := d.Kind.Fits(d.Assessment.Questionnaire); err != nil {
		return Document{}, fmt.Errorf("compose report: %w", err)
	}
	manifest, err := d.manifest()
	if err != nil {
		return Document{}, fmt.Errorf("compose report: %w", err)
	}
	c := composer{Dossier: d, problems: d.Assessment.ProblemsOn(questionnaires.DayOf(d.Date)), progress: d.Assessment.Progress()}
	a, history := d.Assessment, d.Assessment.History()
	doc := Document{
		Kind: d.Kind, Title: c.title(), Subject: c.subject(), Entity: a.Entity, Author: cmp.Or(strings.Join(c.people(), ", "), a.Entity),
		Language: "en-GB", Date: d.Date, Protection: "CONFIDENTIAL", Vault: history.Vault().Short(), Head: a.Head.String(),
		Draft: c.draft(), Manifest: manifest,
	}
	for _, chapter := range c.chapters() {
		doc.Blocks = append(doc.Blocks, chapter()...)
	}
	doc.Blocks = linked(doc.Blocks)
	return doc, nil
}

// composer holds what several chapters need.
type composer struct {
	Dossier
	problems []questionnaires.Problem
	progress questionnaires.Progress
}

// title names the paper. It is never that of an official one, whatever questionnaire
// was answered.
func (c *composer) title() string {
	return c.Kind.Title() + " — " + c.form() + ", " + c.standard()
}

// standard is what the questionnaire asks for.
func (c *composer) standard() string {
	if c.Assessment.Questionnaire.Own() {
		return "a questionnaire of the organisation's own"
	}
	return "PCI DSS v4.0.1"
}

// worth says what the record is to others: what it is of a form of PCI's is given.
func (c *composer) worth(official string) string {
	if c.Assessment.Questionnaire.Own() {
		return "This record answers a questionnaire of the organisation's own and says nothing about compliance with PCI DSS."
	}
	return official
}

// whole reports whether all requirements were asked, as in an assessment by a QSA.
func (c *composer) whole() bool { return c.Assessment.Questionnaire.Code == "roc" }

// form is the short name of the questionnaire: what stands before the colon.
func (c *composer) form() string {
	if c.whole() {
		return "all requirements"
	}
	name, _, _ := strings.Cut(c.Assessment.Questionnaire.Title, ":")
	return name
}

// questionnaire is the long name of the questionnaire.
func (c *composer) questionnaire() string {
	if c.whole() {
		return c.form()
	}
	return c.Assessment.Questionnaire.Title
}

func (c *composer) subject() string {
	parts := []string{c.Assessment.Details.Name}
	if c.whole() && c.Assessment.Details.Name == c.Assessment.Questionnaire.Title {
		parts[0] = "all requirements" // unnamed, it is called as the official paper is
	}
	if s := c.Assessment.Details.Service; s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, " · ")
}

// draft says why the document is a draft, "" if it is none.
func (c *composer) draft() string {
	if c.Edition.Issued != nil {
		return ""
	}
	stage := "not issued: " + c.Edition.Standing.Stage.Title()
	if len(c.problems) == 0 {
		return stage
	}
	return count(len(c.problems), "problem is open", "problems are open") + "; " + stage
}

// people are the names of those whose answers stand, in alphabetical order.
func (c *composer) people() []string {
	var names []string
	for _, r := range c.Assessment.Requirements() {
		revision := c.Assessment.Current(r.ID)
		if name := Line(revision.Author.Name); !revision.Entry.IsZero() && name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// conclusion is the pill with what a named person concluded.
func (c *composer) conclusion() Pill {
	if c.Assessment.Conclusion.Result == "" {
		return Pill{Text: "no conclusion recorded", Tone: Muted}
	}
	return Pill{Text: c.Assessment.Conclusion.Result, Tone: Neutral}
}

func (c *composer) conclusionSentence() string {
	if c.Assessment.Conclusion.Result == "" {
		return "No conclusion recorded."
	}
	return fmt.Sprintf("%s, concluded by %s.", c.Assessment.Conclusion.Result, c.Assessment.Conclusion.Person)
}

func (c *composer) cover() []Block {
	a := c.Assessment
	return []Block{Cover{
		Kicker: strings.ToUpper(c.Kind.Title()),
		Title:  c.Kind.Title() + "\n" + c.form(),
		Entity: a.Entity,
		Detail: c.standard() + " · " + c.subject(),
		Pill:   c.conclusion(),
		Facts: []Fact{
			{"Answered by", cmp.Or(strings.Join(c.people(), ", "), "nobody yet")},
			c.assessedOn(),
			{"Date of this record", longDay(c.Date)},
			{"Questionnaire", c.form() + ", facts of the form " + a.Questionnaire.Revision},
			{"Responses", fmt.Sprintf("%d of %d given", c.progress.Answered, c.progress.Total)},
			{"Version", c.Edition.Line()},
			{"Open problems", count(len(c.problems), "problem", "problems")},
			{"Systems looked at", c.targetNames()},
		},
		Panel: Panel{
			Title: "Head of this assessment's history (SHA-256)", Digest: a.Head.String(),
			Note: "Check this file with: tickmark verify REPORT.pdf --vault NAME.vault",
		},
		Note: "CONFIDENTIAL: contains details of security controls. " + c.worth("This record is no official form of the PCI Security Standards Council; "+
			"acquirers and payment brands accept only the Council's own forms."),
	}}
}

// assessedOn is the period for the cover; an attestation says when was assessed.
func (c *composer) assessedOn() Fact {
	if e, given := c.Assessment.Engagement(); given && c.Kind == Attestation {
		return Fact{"Assessment", span(e.Start, e.End)}
	}
	return Fact{"Period assessed", c.period()}
}

func (c *composer) period() string {
	from, to := c.Assessment.Details.From, c.Assessment.Details.To
	switch {
	case from.IsZero() && to.IsZero():
		return "not recorded"
	case from.IsZero():
		return "until " + longDay(to)
	case to.IsZero():
		return "from " + longDay(from)
	}
	return longDay(from) + " to " + longDay(to)
}

func (c *composer) targetNames() string {
	var names []string
	for _, t := range c.Targets {
		names = append(names, cmp.Or(t.Name, t.ID))
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

// about says what the paper is and is not.
func (c *composer) about() []Block {
	zones := "none named: no part of the systems is known as cardholder data environment"
	if named := c.Scope.EvidenceZones(); len(named) > 0 {
		zones = strings.Join(sortedKeys(named), ", ")
	}
	return []Block{
		Contents{Title: "Contents"},
		Heading{Level: 1, Text: "About this record", Anchor: "about"},
		Paragraph{Text: "This is the working record of an assessment against " + c.standard() + ". It holds what people of " + c.Assessment.Entity +
			" answered, in the order and numbering of the questionnaire, and the evidence that stood beside each answer."},
		Paragraph{Text: c.worth("It is no official form of the PCI Security Standards Council and replaces none. What is sent to an acquirer or a payment " +
			"brand has to be filled in on the Council's own form.")},
		List{Items: []string{
			"The responses and narratives were given by the persons named beside them. The program that printed this record answers nothing by itself and declares nothing.",
			"Evidence was read from the systems as they are, without changing them. Secrets and card numbers were taken out before anything was kept.",
			"What could not be seen counts as unknown and never as passed. " + c.unseen(),
			"Figures count responses. They say how far the work has come, and nothing more.",
		}},
		Heading{Level: 2, Text: "What was assessed"},
		Facts{Rows: []Fact{
			{"Entity", c.Assessment.Entity},
			{"Assessment", c.subject()},
			{"Questionnaire", c.questionnaire()},
			{"Period", c.period()},
			{"Zones", zones},
			{"Conclusion", c.conclusionSentence()},
		}},
	}
}

// unseen says where is listed what could not be seen.
func (c *composer) unseen() string {
	if c.Kind == Attestation {
		return "It is listed in the record of the assessment."
	}
	return "It is listed in the chapter “What could not be seen”."
}

func longDay(t time.Time) string { return t.UTC().Format("2 January 2006") }

func minute(t time.Time) string {
	if t.IsZero() {
		return "not recorded"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
