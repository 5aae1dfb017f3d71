package screen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// activitySubject is a record that stands, as a subject of forms. What forms get is a
// copy, details and all.
func activitySubject(d *Desk, id questionnaires.ID) subject[questionnaires.Activity] {
	in := func(all []questionnaires.Activity) (questionnaires.Activity, error) {
		i := slices.IndexFunc(all, func(t questionnaires.Activity) bool { return t.ID == id })
		if i < 0 {
			return questionnaires.Activity{ID: id}, fmt.Errorf("find record %.8s: there is none", id)
		}
		return all[i].Copy()
	}
	return subject[questionnaires.Activity]{
		shown: func(p *Picture) questionnaires.Activity { t, _ := in(p.Activities); return t },
		of: func(a *questionnaires.Assessment) (questionnaires.Activity, error) {
			all, err := a.History().Activities()
			if err != nil {
				return questionnaires.Activity{}, err
			}
			return in(all)
		},
		keep: func(a *questionnaires.Assessment, t questionnaires.Activity) (questionnaires.Draft, error) {
			return a.History().RecordActivity(d.Catalogue, t, questionnaires.DayOf(d.Now()))
		},
	}
}

// activityForm fills a record in, place by place.
func activityForm(d *Desk, id questionnaires.ID) *Form {
	record := activitySubject(d, id)
	t := record.shown(d.picture)
	about := "What was done, and what it came to. It counts in all assessments of the vault."
	if t.Withdrawn {
		about = "It is withdrawn. " + about
	}
	return formOf(d, theme.Cut(t.Kind.Title()+" "+string(t.On), 40), about, record, func(p *Picture) []blank[questionnaires.Activity] {
		return activityBlanks(p, d, t.Kind)
	})
}

// kindPick chooses what sort of thing is recorded.
func kindPick(d *Desk) *Pick {
	var options []option
	for _, k := range questionnaires.ActivityKinds() {
		about := "whatever else recurs: a review, a check, a walk"
		if k != questionnaires.PlainActivity {
			ids := make([]string, 0, 4)
			for _, id := range k.Serves() {
				ids = append(ids, id.String())
			}
			about = "serves " + strings.Join(ids, ", ")
		}
		options = append(options, option{value: k.String(), text: k.Title(), about: about})
	}
	p := place{label: "What was done", help: "What is to be recorded.", kind: choiceKind, options: options}
	return newPick(d, p, func(text string) tea.Cmd {
		var kind questionnaires.ActivityKind
		if err := kind.UnmarshalText([]byte(text)); err != nil {
			return note(theme.Bad, err.Error())
		}
		return d.recordOf(kind, questionnaires.RequirementID{})
	})
}

// never are the places without which nothing is recorded. What else is missing is kept
// as it is, and a problem.
var never = []string{"Day", "Requirements", "Third party"}

// recordOf is the form of a new record of a kind, for a requirement where one is named
// that the kind does not serve of itself.
func (d *Desk) recordOf(kind questionnaires.ActivityKind, id questionnaires.RequirementID) tea.Cmd {
	key, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &questionnaires.Activity{ID: key, Kind: kind, Requirements: kind.Usual()}
	if !id.IsZero() && !slices.Contains(value.Requirements, id) {
		value.Requirements = append(value.Requirements, id)
	}
	crumb := "New " + kind.Title()
	about := "Records one. That it was done is not that it passed: what failed is kept, and shown with what remains."
	return push(heldForm(d, crumb, about, value, func(p *Picture) []blank[questionnaires.Activity] {
		all := slices.DeleteFunc(activityBlanks(p, d, kind), func(b blank[questionnaires.Activity]) bool { return b.kind == opensKind })
		for i := range all {
			all[i].needed = all[i].needed && slices.Contains(never, all[i].label)
		}
		return all
	}, sending{form: formKey(crumb, id.String()), label: "record", help: "record it", said: "recorded: " + kind.Title(), rule: func() rule {
		t := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.History().RecordActivity(d.Catalogue, t, questionnaires.DayOf(d.Now()))
		}
	}}))
}

// activityBlanks are the places of a record of a kind.
func activityBlanks(p *Picture, d *Desk, kind questionnaires.ActivityKind) []blank[questionnaires.Activity] {
	type t = questionnaires.Activity
	all := []blank[t]{day("Day", "The day on which it was finished, before any rescan.", true, func(t *t) *questionnaires.Day { return &t.On })}
	all = append(all, detailBlanks(p, kind)...)
	serves := several("Requirements", "Those that it serves.", true, servable(d, kind), func(t *t) *[]questionnaires.RequirementID { return &t.Requirements },
		questionnaires.RequirementID.String, questionnaires.ParseRequirementID)
	serves.short = func(value string) string { return value }
	return append(
		all, long("What", "What was done, where there is more to say.", false, func(t *t) *string { return &t.What }),
		serves, references(p, "Evidence", "The evidence of it.", kind != questionnaires.PlainActivity, func(t *t) *[]questionnaires.ID { return &t.Evidence }),
	)
}

// servable are the requirements that records of a kind may serve.
func servable(d *Desk, kind questionnaires.ActivityKind) []option {
	var options []option
	for _, r := range d.Catalogue.Requirements() {
		plain := kind == questionnaires.PlainActivity && questionnaires.KindFor(r.ID) == kind && (r.Recurs != questionnaires.Recurrence{} || r.Analysis != questionnaires.NoAnalysis)
		if plain || slices.Contains(kind.Serves(), r.ID) {
			options = append(options, option{value: r.ID.String(), text: r.ID.String() + "  " + r.Title})
		}
	}
	return options
}

func detailBlanks(p *Picture, kind questionnaires.ActivityKind) []blank[questionnaires.Activity] {
	switch kind {
	case questionnaires.ASVScanKind:
		return asvBlanks()
	case questionnaires.InternalScanKind:
		return internalScanBlanks()
	case questionnaires.PenetrationTestKind, questionnaires.SegmentationTestKind:
		return securityTestBlanks()
	case questionnaires.AttestationKind:
		return attestationBlanks(p)
	case questionnaires.TrainingKind:
		return trainingBlanks()
	case questionnaires.PolicyReviewKind:
		return policyReviewBlanks()
	case questionnaires.PlainActivity:
	}
	return nil
}

// counted is a blank of a count that is not known until somebody says it: none is 0.
func counted[T any](label, help string, needed bool, at func(*T) **int) blank[T] {
	return blank[T]{
		place: place{label: label, help: help + " 0 where there is none.", kind: lineKind, needed: needed},
		get: func(t *T) string {
			if n := *at(t); n != nil {
				return strconv.Itoa(*n)
			}
			return ""
		},
		set: func(t *T, text string) error {
			if text = strings.TrimSpace(text); text == "" {
				*at(t) = nil
				return nil
			}
			n, err := strconv.Atoi(text)
			if err != nil {
				return errNoNumber(text)
			}
			*at(t) = &n
			return nil
		},
	}
}

// result is a blank of what a test came to.
func result[T any](label, help string, needed bool, at func(*T) *questionnaires.TestResult) blank[T] {
	options := []option{{value: questionnaires.TestPassed.String(), text: "pass"}, {value: questionnaires.TestFailed.String(), text: "fail"}, {text: "not said", about: "takes the choice back"}}
	return choice(label, help, needed, options, func(t *T) string { return at(t).String() }, func(t *T, text string) error { return at(t).UnmarshalText([]byte(text)) })
}

// severities are the blanks of how many flaws there are; severe asks for the upper ranks.
func severities[T any](words string, severe bool, at func(*T) *questionnaires.Severities) []blank[T] {
	rank := func(label string, needed bool, of func(*questionnaires.Severities) **int) blank[T] {
		return counted(label, "How many of that rank "+words+".", needed, func(t *T) **int { return of(at(t)) })
	}
	return []blank[T]{
		rank("Critical", severe, func(s *questionnaires.Severities) **int { return &s.Critical }), rank("High", severe, func(s *questionnaires.Severities) **int { return &s.High }),
		rank("Medium", false, func(s *questionnaires.Severities) **int { return &s.Medium }), rank("Low", false, func(s *questionnaires.Severities) **int { return &s.Low }),
	}
}

// again are the rescans of a scan, or the retests of a test.
func again(one string, counts bool, list func(*questionnaires.Activity) *[]questionnaires.Rescan) repeated[questionnaires.Activity, questionnaires.Rescan] {
	type r = questionnaires.Rescan
	many := one + "s"
	return repeated[questionnaires.Activity, r]{
		label: strings.ToUpper(many[:1]) + many[1:], help: "Each time that it was done again to see what was mended; the last one counts.", one: one, many: many, whole: true, list: list,
		name: func(r r) string {
			return strings.TrimSpace(string(r.On) + " " + r.Result.String() + " " + r.Remained.String())
		},
		whose: func(t *questionnaires.Activity) string { return string(t.ID) },
		blanks: func(*Picture) []blank[r] {
			all := []blank[r]{day("Day", "The day on which it was finished.", true, func(r *r) *questionnaires.Day { return &r.On })}
			if !counts {
				all = append(all, result("Result", "What it came to.", false, func(r *r) *questionnaires.TestResult { return &r.Result }))
			}
			all = append(all, severities("remained", false, func(r *r) *questionnaires.Severities { return &r.Remained })...)
			return append(all, long("Note", "Whatever else is to be said of it.", false, func(r *r) *string { return &r.Note }))
		},
	}
}
