package screen

import (
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

// below says how many questions an id covers, and how many of them have an answer of
// their own.
func below(p *Picture, id questionnaires.RequirementID) string {
	all, own := 0, 0
	for _, r := range p.Rows {
		if !id.Covers(r.Requirement.ID) || r.Requirement.ID == id {
			continue
		}
		all++
		if r.Current.Response != questionnaires.Unanswered && r.Current.Inherited != id {
			own++
		}
	}
	if own == 0 {
		return count(all, "question below", "questions below")
	}
	return count(all, "question below", "questions below") + fmt.Sprintf(", %d with an answer of its own", own)
}

// excluding is what the form of a subtree holds until it is kept: the id, and "-"
// before it to take it back.
type excluding struct{ at, reason string }

func (e excluding) id() (questionnaires.RequirementID, bool, error) {
	text, back := strings.CutPrefix(e.at, "-")
	id, err := questionnaires.ParseRequirementID(text)
	return id, back, err
}

// above are the ids from a requirement upwards that have questions below.
func (s *Question) noSubtree() string {
	if len(subtrees(s.desk.picture, s.id)) == 0 {
		return "no other question stands below it or beside it"
	}
	return ""
}

// subtrees are what can be Not Applicable together, from an id upwards.
func subtrees(p *Picture, id questionnaires.RequirementID) []option {
	var options []option
	for at := id; !at.IsZero(); at = at.Parent() {
		covered := 0
		for _, r := range p.Rows {
			if at.Covers(r.Requirement.ID) && r.Requirement.ID != at {
				covered++
			}
		}
		own := p.Assessment.Own(at)
		switch {
		case covered == 0:
		case own.Subtree && own.Response == questionnaires.NotApplicable:
			options = append(options, option{value: "-" + at.String(), text: "– take " + at.String() + " back", about: "given by " + own.Author.Name + ": " + own.Narrative})
		default:
			options = append(options, option{value: at.String(), text: at.String() + " and all below", about: below(p, at)})
		}
	}
	return options
}

// subtreeForm answers Not Applicable for all below an id, or takes that back.
func subtreeForm(d *Desk, id questionnaires.RequirementID) *Form {
	value := &excluding{}
	about := "Not Applicable for all below an id, with one reason. Answers of their own stay; each question is still listed."
	if d.picture.Assessment.Questionnaire.PerProcedure {
		about += " In this form each one's testing is described as well."
	}
	return heldForm(d, "All below", about, value, func(p *Picture) []blank[excluding] {
		return []blank[excluding]{
			choice("All below", "Which questions are Not Applicable together.", true, subtrees(p, id),
				func(e *excluding) string { return e.at }, func(e *excluding, text string) error { e.at = text; return nil }),
			long("Reason", "Why none of them applies, as the report will say it.", !strings.HasPrefix(value.at, "-"), func(e *excluding) *string { return &e.reason }),
		}
	}, sending{form: formKey("All below", id.String()), label: "answer", help: "answer Not Applicable for all below", said: "answered for all below", rule: func() rule {
		held := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			at, back, err := held.id()
			if err != nil {
				return questionnaires.Draft{}, err
			}
			answer := a.Own(at).Answer
			answer.Requirement, answer.Response, answer.Narrative, answer.Subtree = at, questionnaires.NotApplicable, held.reason, true
			if back {
				answer.Response, answer.Narrative, answer.Subtree = questionnaires.Unanswered, "", false
			}
			return a.Answer(answer)
		}
	}})
}
