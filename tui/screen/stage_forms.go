package screen

import (
	"errors"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// reviewing is a section's review as it is filled in.
type reviewing struct {
	verdict questionnaires.SectionVerdict
	states  []questionnaires.CheckState // by the checklist's items
	reason  string
}

// itemLabel is an item of a checklist in words: Own words.
func itemLabel(id string) string {
	words := strings.ReplaceAll(id, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// reviewForm passes a section by its checklist, or returns it.
func reviewForm(d *Desk, s questionnaires.Section) *Form {
	items := s.Checklist()
	value := &reviewing{states: make([]questionnaires.CheckState, len(items))}
	about := "A pass needs every item answered yes or not applicable, and holds for what you saw: what changes in the section afterwards makes it void. A return needs its reason."
	author, _ := d.vault.Author()
	return heldForm(d, "Review "+s.Title(), about, value, func(*Picture) []blank[reviewing] {
		blanks := make([]blank[reviewing], 0, len(items)+2)
		for i, item := range items {
			blanks = append(blanks, checkBlank(i, item))
		}
		return append(blanks, verdictBlank(), long("Reason", "Why it is returned, for whoever mends it.", false, func(r *reviewing) *string { return &r.reason }))
	}, sending{form: formKey("Review", string(s)), label: "sign", help: "sign the review", said: "reviewed: " + s.Title(), rule: func() rule {
		review := questionnaires.SectionReview{Section: s, Verdict: value.verdict, Reason: strings.TrimSpace(value.reason)}
		for i, state := range value.states {
			if state != questionnaires.NotChecked {
				review.Checklist = append(review.Checklist, questionnaires.CheckedItem{Item: items[i].ID, State: state})
			}
		}
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.ReviewSection(review, author.ID)
		}
	}})
}

// checkBlank is the place of one item of the checklist.
func checkBlank(i int, item questionnaires.ChecklistItem) blank[reviewing] {
	options := []option{{value: "yes", text: "Yes"}, {value: "no", text: "No"}, {value: "not-applicable", text: "Not applicable"}, {text: "not answered"}}
	return choice(itemLabel(item.ID), item.Text+".", false, options, func(r *reviewing) string { return r.states[i].String() },
		func(r *reviewing, text string) error {
			r.states = slices.Clone(r.states)
			return r.states[i].UnmarshalText([]byte(text))
		})
}

func verdictBlank() blank[reviewing] {
	options := []option{{value: "pass", text: "The section passes"}, {value: "return", text: "Returned, with the reason"}, {text: "none yet"}}
	return choice("Verdict", "What you say of the section as a whole.", true, options, func(r *reviewing) string { return r.verdict.String() },
		func(r *reviewing, text string) error { return r.verdict.UnmarshalText([]byte(text)) })
}

// reasonForm asks for the reason of a step, and takes it.
func reasonForm(d *Desk, crumb, about, label, said string, draft func(*questionnaires.Assessment, string) (questionnaires.Draft, error)) *Form {
	value := new(string)
	return heldForm(d, crumb, about, value, func(*Picture) []blank[string] {
		return []blank[string]{long("Reason", "Why. It is signed with the step and stays.", true, func(s *string) *string { return s })}
	}, sending{form: formKey(crumb), label: label, help: crumb, said: said, rule: func() rule {
		reason := strings.TrimSpace(*value)
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return draft(a, reason) }
	}})
}

func returnStageForm(d *Desk) *Form {
	return reasonForm(d, "Return to fieldwork", "The whole assessment goes back to fieldwork. Sections that passed stay passed as long as nothing changes in them.", "return", "in fieldwork again",
		func(a *questionnaires.Assessment, reason string) (questionnaires.Draft, error) {
			return a.MoveStage(questionnaires.StageMove{To: questionnaires.Fieldwork, Reason: reason})
		})
}

func amendForm(d *Desk) *Form {
	return reasonForm(d, "Open an amendment", "The next version begins in fieldwork. What was issued stays in the vault as it was, with its report.", "amend", "the amendment is open: in fieldwork",
		func(a *questionnaires.Assessment, reason string) (questionnaires.Draft, error) {
			return a.Amend(reason)
		})
}

// concludeForm records what a named person concludes.
func concludeForm(d *Desk) *Form {
	value := &questionnaires.Conclusion{}
	type c = questionnaires.Conclusion
	return heldForm(d, "Conclusion", "The program concludes nothing; a named person does. A conclusion that is recorded later takes the place of the one before.", value, func(*Picture) []blank[c] {
		return []blank[c]{
			line("Result", "What is concluded, such as Compliant.", true, func(c *c) *string { return &c.Result }),
			line("Person", "Who concludes it.", true, func(c *c) *string { return &c.Person }),
		}
	}, sending{form: formKey("Conclusion"), label: "conclude", help: "record the conclusion", said: "concluded", rule: func() rule {
		given := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.Conclude(given) }
	}})
}

// acknowledgeForm records what the entity's executive stands for.
func acknowledgeForm(d *Desk) *Form {
	today := questionnaires.DayOf(d.Now())
	value := &questionnaires.Acknowledgement{Day: today}
	type k = questionnaires.Acknowledgement
	var statements []option
	for _, s := range questionnaires.Statements() {
		statements = append(statements, option{value: s.ID, text: s.Text})
	}
	known := func(id string) (string, error) {
		if !slices.ContainsFunc(statements, func(o option) bool { return o.value == id }) {
			return "", errors.New("there is no such statement")
		}
		return id, nil
	}
	stated := several("Statements", "What the executive stands for; all of it is needed.", true, statements, func(k *k) *[]string { return &k.Statements }, func(id string) string { return id }, known)
	stated.short = itemLabel
	return heldForm(d, "Acknowledgement", "An executive of the entity stands for the answers and the conclusion as they are now. What changes in them afterwards makes it void.", value, func(*Picture) []blank[k] {
		return []blank[k]{
			line("Name", "The executive's.", true, func(k *k) *string { return &k.Name }),
			line("Title", "What the executive is in the entity.", true, func(k *k) *string { return &k.Title }),
			day("Day", "On which it was acknowledged.", true, func(k *k) *questionnaires.Day { return &k.Day }),
			stated,
		}
	}, sending{form: formKey("Acknowledgement"), label: "acknowledge", help: "record it", said: "acknowledged", rule: func() rule {
		given := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.Acknowledge(given, today) }
	}})
}
