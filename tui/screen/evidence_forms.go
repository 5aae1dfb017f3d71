package screen

import (
	"slices"

	"tickmark/questionnaires"
)

// describing are the places of what a person says of a file. What only documents or
// notes have is asked of those, or shown where it stands.
func describing[T any](p *Picture, kind questionnaires.EvidenceKind, of func(*T) *questionnaires.EvidenceDescription, now *T) []blank[T] {
	type d = questionnaires.EvidenceDetails
	details := func(t *T) *d { return &of(t).Details }
	stands := *details(now)
	blanks := []blank[T]{
		line("Title", "What it is; its file's name where nothing stands here.", kind.Notes(), func(t *T) *string { return &of(t).Title }),
		obtained(func(t *T) *questionnaires.Obtained { return &of(t).Obtained }),
		collectedOn(of),
		serving(p, func(t *T) *[]questionnaires.RequirementID { return &of(t).Requirements }),
	}
	document := kind == questionnaires.DocumentEvidence
	if document || stands.Purpose != "" || stands.Version != "" || stands.Revised != "" {
		blanks = append(
			blanks,
			line("Purpose", "What the document is for. A report's list of documents says it.", false, func(t *T) *string { return &details(t).Purpose }),
			line("Version", "The document's version.", false, func(t *T) *string { return &details(t).Version }),
			day("Revised", "The day of the document's last revision.", false, func(t *T) *questionnaires.Day { return &details(t).Revised }),
		)
	}
	if kind.Notes() || len(stands.Topics)+len(stands.Roles) > 0 {
		blanks = append(
			blanks,
			lines("Topics", "What was spoken about or watched, one a line.", func(t *T) *[]string { return &details(t).Topics }),
			lines("Roles", "The roles of those who were interviewed or watched, one a line.", func(t *T) *[]string { return &details(t).Roles }),
		)
	}
	return append(
		blanks,
		day("Effective from", "The first day that what it shows is about.", false, func(t *T) *questionnaires.Day { return &details(t).From }),
		day("Effective to", "The last day that what it shows is about.", false, func(t *T) *questionnaires.Day { return &details(t).To }),
		day("Received", "When it came from the entity.", false, func(t *T) *questionnaires.Day { return &details(t).Received }),
		day("Valid until", "The last day on which it counts; after it, no answer in place rests on it.", false, func(t *T) *questionnaires.Day { return &details(t).ValidUntil }),
	)
}

// obtained is a blank of one of the three ways.
func obtained[T any](at func(*T) *questionnaires.Obtained) blank[T] {
	var ways []option
	for _, way := range questionnaires.WaysObtained() {
		ways = append(ways, option{value: string(way), text: string(way)})
	}
	return choice("Obtained", "How it came into your hands.", true, ways, func(t *T) string { return string(*at(t)) }, func(t *T, text string) (err error) {
		*at(t), err = questionnaires.ParseObtained(text)
		return err
	})
}

// collectedOn is a blank of the day on which it came to be.
func collectedOn[T any](of func(*T) *questionnaires.EvidenceDescription) blank[T] {
	var at questionnaires.Day
	b := day("Collected", "When it came to be; the day it was received, or today, where nothing stands here.", false, func(*T) *questionnaires.Day { return &at })
	read := b.set
	b.get = func(t *T) string {
		if of(t).Collected.IsZero() {
			return ""
		}
		return string(questionnaires.DayOf(of(t).Collected))
	}
	b.set = func(t *T, text string) error {
		err := read(t, text)
		if err == nil {
			of(t).CollectOn(at)
		}
		return err
	}
	return b
}

// serving is a blank of the requirements that something serves.
func serving[T any](p *Picture, at func(*T) *[]questionnaires.RequirementID) blank[T] {
	var requirements []option
	for _, row := range p.Rows {
		requirements = append(requirements, option{value: row.Requirement.ID.String(), text: row.Requirement.ID.String() + "  " + row.Requirement.Title})
	}
	b := several("Requirements", "Those that the evidence is for.", false, requirements, at, questionnaires.RequirementID.String, questionnaires.ParseRequirementID)
	b.short = func(value string) string { return value }
	return b
}

// describeForm corrects what is said of a file, place by place.
func describeForm(d *Desk, item questionnaires.Evidence) *Form {
	of := func(a *questionnaires.Assessment) questionnaires.EvidenceDescription {
		now, _ := a.Evidence(item.ID)
		return now.Description()
	}
	said := subject[questionnaires.EvidenceDescription]{
		shown: func(p *Picture) questionnaires.EvidenceDescription { return of(p.Assessment) },
		of: func(a *questionnaires.Assessment) (questionnaires.EvidenceDescription, error) {
			return of(a), nil
		},
		keep: func(a *questionnaires.Assessment, said questionnaires.EvidenceDescription) (questionnaires.Draft, error) {
			return a.History().Describe(said, d.Now())
		},
	}
	about := "What is said of " + item.Label() + ". Its bytes, its kind and its number stay, and so does what was said before, in the history."
	if n := len(item.Beside); n > 0 {
		about += " It was described in " + count(n+1, "way", "ways") + " side by side; c in the list confirms what is shown here."
	}
	return formOf(d, "Describe "+item.Label(), about, said, func(p *Picture) []blank[questionnaires.EvidenceDescription] {
		now := said.shown(p)
		return describing(p, item.Kind, func(d *questionnaires.EvidenceDescription) *questionnaires.EvidenceDescription { return d }, &now)
	})
}

// kindOptions are the kinds of evidence that a file may be, or notes.
func kindOptions(notes bool) []option {
	about := map[questionnaires.EvidenceKind]string{
		questionnaires.OtherEvidence:         "a file of which nobody says more",
		questionnaires.DocumentEvidence:      "a policy, a standard, a diagram: numbered Doc-1, Doc-2",
		questionnaires.InterviewEvidence:     "notes of who said what: numbered Int-1, Int-2",
		questionnaires.ScreenshotEvidence:    "a picture of a screen; pictures are not searched",
		questionnaires.ObservationEvidence:   "notes of what was watched",
		questionnaires.ConfigurationEvidence: "settings of a system, as it writes them",
	}
	var options []option
	for _, k := range questionnaires.EvidenceKinds() {
		if k.Notes() || !notes {
			options = append(options, option{value: k.String(), text: k.String(), about: about[k]})
		}
	}
	return options
}

// citing gives the answer to a requirement an item to rest on: as a whole, or those of
// its testing procedures.
func citing(a *questionnaires.Assessment, id questionnaires.RequirementID, item questionnaires.ID, letters []string) (questionnaires.Draft, error) {
	answer := a.Own(id).Answer
	answer.Requirement = id
	add := func(to []questionnaires.ID) []questionnaires.ID {
		if slices.Contains(to, item) {
			return to
		}
		return append(slices.Clone(to), item)
	}
	if !a.Questionnaire.PerProcedure {
		answer.Evidence = add(answer.Evidence)
		return a.Answer(answer)
	}
	answer.Procedures = a.Procedures(id)
	for i, p := range answer.Procedures {
		if slices.Contains(letters, questionnaires.Procedure{Requirement: id, Letter: p.Letter}.String()) {
			answer.Procedures[i].References = add(p.References)
		}
	}
	return a.Answer(answer)
}
