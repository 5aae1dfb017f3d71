package screen

import (
	"reflect"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// answerTo is the answer to a requirement, as a subject of forms.
func answerTo(id questionnaires.RequirementID) subject[questionnaires.Answer] {
	return subject[questionnaires.Answer]{
		shown: func(p *Picture) questionnaires.Answer { return p.Assessment.Own(id).Answer },
		of: func(a *questionnaires.Assessment) (questionnaires.Answer, error) {
			answer := a.Own(id).Answer
			answer.Requirement = id
			return answer, nil
		},
		keep: func(a *questionnaires.Assessment, answer questionnaires.Answer) (questionnaires.Draft, error) {
			if c := answer.Customized; c != nil && len(c.Controls)+len(c.Tests)+len(c.Reviewed) == 0 && bare(*c) {
				answer.Customized = nil // everything was taken out again
			}
			return a.Answer(answer)
		},
	}
}

// bare reports whether nothing stands in a customized approach but empty lists.
func bare(c questionnaires.CustomizedApproach) bool {
	c.Controls, c.Tests, c.Reviewed = nil, nil, nil
	return reflect.DeepEqual(c, questionnaires.CustomizedApproach{})
}

// worksheetForm is the compensating control worksheet of an answer.
func worksheetForm(d *Desk, id questionnaires.RequirementID) *Form {
	sheet := within(answerTo(id), func(a *questionnaires.Answer) *questionnaires.Worksheet { return &a.Worksheet })
	type w = questionnaires.Worksheet
	return formOf(d, "Worksheet", "The compensating control worksheet of "+id.String(), sheet, func(p *Picture) []blank[w] {
		aspect := line("Aspect", "Which part of the requirement it covers; nothing stands for all of it. It is needed where a customized approach covers another part.", false, func(w *w) *string { return &w.Aspect })
		return []blank[w]{
			long("Constraints", "What keeps the entity from meeting the requirement as it stands: a technical or business limit that is documented.", true, func(w *w) *string { return &w.Constraints }),
			long("Definition", "The compensating controls, and how they meet the objective and the added risk.", true, func(w *w) *string { return &w.Definition }),
			long("Objective", "The objective of the original control.", true, func(w *w) *string { return &w.Objective }),
			long("Objective met", "How the compensating control meets it.", true, func(w *w) *string { return &w.ObjectiveMet }),
			long("Identified risk", "Which risk the lack of the original control adds.", true, func(w *w) *string { return &w.Risk }),
			long("Validation", "How the compensating controls were tested, and with what result.", true, func(w *w) *string { return &w.Validation }),
			long("Maintenance", "What keeps them working, and who looks after that.", true, func(w *w) *string { return &w.Maintenance }),
			aspect,
		}
	}).of(id)
}

// remedyForm is what an answer of Not in Place looks forward to.
func remedyForm(d *Desk, id questionnaires.RequirementID) *Form {
	remedy := within(answerTo(id), func(a *questionnaires.Answer) *questionnaires.Remedy { return &a.Remedy })
	type r = questionnaires.Remedy
	return formOf(d, "Target", "When "+id.String()+" will be in place, or which law keeps it from being so", remedy, func(p *Picture) []blank[r] {
		legal := remedy.shown(p).Legal
		return []blank[r]{
			day("Target date", "When it will be in place. The attestation repeats it.", !legal, func(r *r) *questionnaires.Day { return &r.Target }),
			long("Action plan", "What will be done until then; acquirers and brands ask for it.", false, func(r *r) *string { return &r.Plan }),
			either("Legal restriction", "A law or a regulation keeps it from being met; a contract or advice does not.", false, func(r *r) *bool { return &r.Legal }),
			line("Law", "Which law or regulation, where a legal restriction is claimed.", legal, func(r *r) *string { return &r.Law }),
		}
	}).of(id)
}

// answerForm is one place of an answer.
func answerForm(d *Desk, id questionnaires.RequirementID, crumb, about string, b blank[questionnaires.Answer]) *Form {
	return formOf(d, crumb, about, answerTo(id), func(*Picture) []blank[questionnaires.Answer] { return []blank[questionnaires.Answer]{b} }).of(id)
}

func untestedForm(d *Desk, id questionnaires.RequirementID) *Form {
	return answerForm(d, id, "Left out", "What of "+id.String()+" was not tested. Not Tested makes the assessment a partial one; the narrative says why.",
		long("Left out", "What was left out of the testing: systems, places, or all of it.", true, func(a *questionnaires.Answer) *string { return &a.Untested }))
}

func resultsForm(d *Desk, id questionnaires.RequirementID) *Form {
	return answerForm(d, id, "Results", "The description of results that this form asks for beside each response",
		long("Description of results", "What testing showed: what was looked at, and what was found.", true, func(a *questionnaires.Answer) *string { return &a.Results }))
}

// evidenceOptions are all items that something may rest on, the newest results and
// files first.
func evidenceOptions(p *Picture) []option {
	var options []option
	listed := map[questionnaires.ID]bool{}
	add := func(items []questionnaires.Evidence, older string) {
		for _, item := range items {
			if !listed[item.ID] {
				listed[item.ID] = true
				options = append(options, option{value: string(item.ID), text: item.Label() + "  " + evidenceTitle(item), about: older + evidenceAbout(item)})
			}
		}
	}
	add(p.Assessment.LatestEvidence(), "")
	add(p.Assessment.History().Evidence(), "older: ")
	return options
}

// references is a blank of the evidence that something rests on.
func references[T any](p *Picture, label, help string, needed bool, at func(*T) *[]questionnaires.ID) blank[T] {
	b := several(label, help, needed, evidenceOptions(p), at, func(id questionnaires.ID) string { return string(id) },
		func(s string) (questionnaires.ID, error) { return questionnaires.ID(s), nil })
	b.short = func(value string) string {
		item, known := p.Assessment.Evidence(questionnaires.ID(value))
		if !known {
			return value
		}
		return item.Label()
	}
	return b
}

// methods is a blank of how something was tested.
func methods[T any](at func(*T) *[]questionnaires.Method) blank[T] {
	var options []option
	for _, m := range []questionnaires.Method{questionnaires.Examine, questionnaires.Observe, questionnaires.Interview} {
		options = append(options, option{value: m.String(), text: m.String()})
	}
	return several("Methods", "How it was tested.", false, options, at, questionnaires.Method.String, func(s string) (questionnaires.Method, error) {
		var m questionnaires.Method
		err := m.UnmarshalText([]byte(s))
		return m, err
	})
}

// findings are the options of a testing procedure's finding.
func findings(p *Picture) []option {
	var options []option
	for _, r := range p.Assessment.Questionnaire.Responses {
		if r != questionnaires.InPlaceWithCCW {
			options = append(options, option{value: r.String(), text: responseSign(r).text()})
		}
	}
	return append(options, option{text: "· no finding yet", about: "takes the finding back"})
}

// procedureForm is what is reported of one testing procedure.
func procedureForm(d *Desk, procedure questionnaires.Procedure, stance string) *Form {
	id := procedure.Requirement
	type pa = questionnaires.ProcedureAnswer
	part := within(proceduresOf(id), func(all *[]pa) *pa {
		for i := range *all {
			if (*all)[i].Letter == procedure.Letter {
				return &(*all)[i]
			}
		}
		return &pa{Letter: procedure.Letter}
	})
	about := "Testing procedure " + procedure.String() + " of " + d.picture.Row(id).Requirement.Title
	if stance != "" {
		about += ". Evidence " + stance + "; a suggestion is no finding."
	}
	return formOf(d, procedure.String(), about, part, func(p *Picture) []blank[pa] {
		found := part.shown(p).Finding
		return []blank[pa]{
			choice("Finding", "What testing found; the requirement's finding is rolled up from all of its procedures.", true, findings(p),
				func(p *pa) string { return foundText(p.Finding) }, func(p *pa, text string) error { return setResponse(&p.Finding, text) }),
			long("Reporting answer", "What was looked at, who was asked, and what was found, as the report will say it.", true, func(p *pa) *string { return &p.Reporting }),
			methods(func(p *pa) *[]questionnaires.Method { return &p.Methods }),
			references(p, "References", "The evidence that the finding rests on.", found == questionnaires.InPlace, func(p *pa) *[]questionnaires.ID { return &p.References }),
		}
	}).of(id)
}

func foundText(r questionnaires.Response) string {
	if r == questionnaires.Unanswered {
		return ""
	}
	return r.String()
}

func setResponse(r *questionnaires.Response, text string) error {
	*r = questionnaires.Unanswered
	if text == "" {
		return nil
	}
	return r.UnmarshalText([]byte(text))
}

// proceduresOf are the findings of a requirement's testing procedures, every one.
func proceduresOf(id questionnaires.RequirementID) subject[[]questionnaires.ProcedureAnswer] {
	return subject[[]questionnaires.ProcedureAnswer]{
		shown: func(p *Picture) []questionnaires.ProcedureAnswer { return p.Assessment.Procedures(id) },
		of: func(a *questionnaires.Assessment) ([]questionnaires.ProcedureAnswer, error) {
			return a.Procedures(id), nil
		},
		keep: func(a *questionnaires.Assessment, all []questionnaires.ProcedureAnswer) (questionnaires.Draft, error) {
			answer := a.Own(id).Answer
			answer.Requirement, answer.Procedures = id, all
			return a.Answer(answer)
		},
	}
}

// firstLine is the beginning of a text, for one line.
func firstLine(text string) string { return theme.Clean(text) }
