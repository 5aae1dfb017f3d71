package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// isAdditional reports whether a requirement stands in an appendix of the standard.
func isAdditional(id questionnaires.RequirementID) bool {
	return !id.Own() && strings.HasPrefix(id.String(), "A")
}

// responsesIntro says how the responses are to be read.
func (c *composer) responsesIntro() string {
	text := "Every requirement of the questionnaire in its order, with the response, who gave it and what it rests on. Titles are in the program's own words."
	if c.Assessment.Questionnaire.PerProcedure {
		text += " Below each stand its testing procedures with finding, reporting answer and references: who was interviewed, which documents and samples were " +
			"examined, what was observed. The finding of the requirement follows from theirs."
	}
	return text
}

// findings are the responses to the twelve requirements of the standard.
func (c *composer) findings() []Block {
	return c.responsesTo(func(id questionnaires.RequirementID) bool { return !isAdditional(id) })
}

// additional are the responses to what the standard asks of some entities only.
func (c *composer) additional() []Block {
	blocks := c.responsesTo(isAdditional)
	if len(blocks) == 0 {
		blocks = append(blocks, Paragraph{Text: "This questionnaire asks for no additional requirement."})
	}
	return append(blocks, Paragraph{
		Text: "The supplemental requirements of Appendix A3 are assessed only where a brand or an acquirer asks for it, in a record of their own.",
	})
}

// base says what a testing procedure's finding rests on, sort by sort. A method that was
// used and shows in no reference is said too.
func (c *composer) base(id questionnaires.RequirementID, p questionnaires.ProcedureAnswer) []Fact {
	if p.Finding == questionnaires.Unanswered {
		return nil
	}
	var interviews, documents, observed []string
	for _, ref := range p.References {
		item, known := c.Assessment.Evidence(ref)
		if !known {
			continue
		}
		name := item.Label() + " " + titleOf(item)
		switch item.Kind.Series() {
		case questionnaires.InterviewEvidence.Series():
			interviews = append(interviews, name+rolesOf(item))
		case questionnaires.DocumentEvidence.Series():
			documents = append(documents, name+told(", version ", item.Details.Version))
		default:
			observed = append(observed, name+verdictOf(item)+rolesOf(item))
		}
	}
	if len(interviews) == 0 && slices.Contains(p.Methods, questionnaires.Interview) {
		interviews = []string{"no notes of an interview are referenced"}
	}
	return facts(
		Fact{"Interviewed", strings.Join(interviews, "\n")},
		Fact{"Documents", strings.Join(documents, "\n")},
		Fact{"Examined and observed", strings.Join(observed, "\n")},
		Fact{"Samples", strings.Join(c.samplesOf(id, p.References), "\n")},
	)
}

// titleOf is what an item is called beside its number.
func titleOf(item questionnaires.Evidence) string {
	if item.Title == "" && item.File != nil {
		return item.File.Name
	}
	return item.Title
}

// rolesOf are those whom an item tells of.
func rolesOf(item questionnaires.Evidence) string {
	if len(item.Details.Roles) == 0 {
		return ""
	}
	return " (" + strings.Join(item.Details.Roles, ", ") + ")"
}

// verdictOf is what a check said.
func verdictOf(item questionnaires.Evidence) string {
	if item.Result == nil {
		return ""
	}
	return fmt.Sprintf(": %s over %s", strings.ToLower(verdictPill(item.Result.Verdict).Text), cmp.Or(item.Result.Name, item.Result.Target))
}

// samplesOf names the sample sets that the references show, and those that were drawn for
// the requirement.
func (c *composer) samplesOf(id questionnaires.RequirementID, references []questionnaires.ID) []string {
	var names []string
	for _, s := range c.Assessment.Samples() {
		shown := slices.ContainsFunc(references, func(ref questionnaires.ID) bool {
			item, known := c.Assessment.Evidence(ref)
			return slices.Contains(s.Evidence, ref) || known && s.ID != "" && item.Details.Sample == s.ID
		})
		if shown || slices.Contains(s.Requirements, id) {
			names = append(names, fmt.Sprintf("%s, %s of %s %s", s.Label(), number(s.Size), number(s.Count), cmp.Or(s.Type, "items")))
		}
	}
	return names
}
