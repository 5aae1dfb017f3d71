package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// yearRecord is what an assessment's history says of the year before.
type yearRecord struct {
	begun     Entry   // that opened the assessment
	confirmed []Entry // confirmations of what was carried, oldest first
	once      sync.Once
	last      LastYear
	known     bool
	err       error
	left      []FollowUp // not closed yet
	leftErr   error
	leaving   sync.Once
}

// Carried is a part of an assessment that a new year begins with: one of those below,
// or "request" and a request's id.
type Carried string

// The parts that are carried as a whole.
const (
	CarriedForm     Carried = "questionnaire" // the choice of the form
	CarriedScope    Carried = "scope"
	CarriedParties  Carried = "third-parties"
	CarriedChecks   Carried = "checks" // zones, classes and registries that checks judge by
	CarriedPeople   Carried = "people" // who assesses and reviews
	carriedRequests         = "request "
)

// carriedTitles say what each part is.
var carriedTitles = map[Carried]string{
	CarriedForm:    "the questionnaire, which is the same",
	CarriedScope:   "the scope: entity, payment channels, card data, environment",
	CarriedParties: "the third parties, and what each answers for",
	CarriedChecks:  "what checks judge by: classes, zones and trusted registries",
	CarriedPeople:  "who assesses and reviews",
}

// section is where the part is reviewed.
func (c Carried) section() Section {
	switch {
	case c == CarriedPeople:
		return EngagementSection
	case strings.HasPrefix(string(c), carriedRequests):
		return EvidenceSection
	}
	return ScopeSection
}

// CarriedConfirmation is the payload of the entry by which a person confirms that what
// was carried holds this year.
type CarriedConfirmation struct {
	Parts []Carried `json:"parts"`
}

// CarriedItem is a part that was carried, and who confirmed it.
type CarriedItem struct {
	Part      Carried `json:"part"`
	Label     string  `json:"label"` // as people name it: scope, Req-41
	Title     string  `json:"title"`
	Confirmed bool    `json:"confirmed"`
	By        string  `json:"by,omitempty"`
	On        Day     `json:"on,omitempty"`
	made      []Entry // what it says now
}

// Carried returns what the assessment began with, parts before requests, none where it
// was not opened from another. A request that was withdrawn is settled.
func (a *Assessment) Carried() []CarriedItem {
	if a.Details.Prior == "" {
		return nil
	}
	var items []CarriedItem
	add := func(part Carried, label, title string, made ...Entry) {
		items = append(items, CarriedItem{Part: part, Label: label, Title: title, made: made})
	}
	whole := func(part Carried, made ...Entry) { add(part, string(part), carriedTitles[part], made...) }
	if last, known, err := a.LastYear(); known && err == nil && last.Questionnaire.Code == a.Questionnaire.Code {
		whole(CarriedForm)
	}
	if set, is := a.ScopeEntry(); is && a.carriedSince(ScopeSet, "") && !a.Questionnaire.Own() {
		whole(CarriedScope, set)
		scope := a.Scope()
		if len(scope.ThirdParties) > 0 || scope.NoThirdParties {
			whole(CarriedParties, set)
		}
		if len(scope.Classes) > 0 || len(scope.Zones) > 0 || len(scope.TrustedRegistries) > 0 || !sameContent(scope.Thresholds, Thresholds{}) {
			whole(CarriedChecks, set)
		}
	}
	if set, is := a.EngagementEntry(); is && a.carriedSince(EngagementSet, a.Details.Prior) {
		whole(CarriedPeople, set)
	}
	for _, r := range a.Requests() {
		if r.Carried != "" && !r.Withdrawn {
			add(Carried(carriedRequests+string(r.ID)), r.Label(), r.Title())
		}
	}
	a.settleCarried(items)
	return items
}

// carriedSince reports whether an action of an assessment, or of the whole vault, was
// there when this one began.
func (a *Assessment) carriedSince(action Action, assessment ID) bool {
	return slices.ContainsFunc(a.history.entries, func(e Entry) bool {
		return e.Action == action && e.Assessment == assessment && a.history.IsAncestor(e.ID, a.form.created) && a.history.Verify(e.ID) == nil
	})
}

// settleCarried finds who confirmed each part first. Nobody confirms what was changed
// beside the confirmation, and who is not enrolled confirms nothing.
func (a *Assessment) settleCarried(items []CarriedItem) {
	for _, e := range a.history.vouched(a.form.year.confirmed) {
		var c CarriedConfirmation
		if a.history.read(e, &c) != nil {
			continue
		}
		for i := range items {
			item := &items[i]
			if item.Confirmed || !slices.Contains(c.Parts, item.Part) || slices.ContainsFunc(item.made, func(m Entry) bool {
				return !a.history.IsAncestor(m.ID, e.ID) && !a.history.IsAncestor(e.ID, m.ID)
			}) {
				continue
			}
			by, _ := a.history.Author(e.Author)
			item.Confirmed, item.By, item.On = true, by.Name, DayOf(e.Time)
		}
	}
}

// AllRequests names all requests together where parts are confirmed.
const AllRequests = "requests"

// ConfirmCarried returns the draft by which a person confirms parts, named as Carried
// labels them; "requests" means every request that is not confirmed yet.
func (a *Assessment) ConfirmCarried(labels ...string) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("confirm what was carried: %w", err) }
	if err := a.Frozen(); err != nil {
		return fail(err)
	}
	if a.Details.Prior == "" {
		return fail(errNoPrior)
	}
	var c CarriedConfirmation
	items := a.Carried()
	for _, label := range labels {
		found := slices.DeleteFunc(slices.Clone(items), func(item CarriedItem) bool {
			if label == AllRequests {
				return item.Part.section() != EvidenceSection || item.Confirmed
			}
			return !strings.EqualFold(item.Label, label) && string(item.Part) != label
		})
		switch {
		case len(found) == 0 && label == AllRequests:
			return fail(errors.New("every request is confirmed"))
		case len(found) == 0:
			return fail(fmt.Errorf("%.60q was not carried; carried were %s", label, labelsOf(items)))
		case found[0].Confirmed:
			return fail(fmt.Errorf("%s confirmed %s on %s", found[0].By, found[0].Label, found[0].On))
		}
		for _, item := range found {
			if !slices.Contains(c.Parts, item.Part) {
				c.Parts = append(c.Parts, item.Part)
			}
		}
	}
	if len(c.Parts) == 0 {
		return fail(errors.New("no part is named"))
	}
	return Draft{Assessment: a.Details.ID, Action: CarriedConfirmed, Subject: "carried", Payload: c}, nil
}

// labelsOf names the parts, and the requests together.
func labelsOf(items []CarriedItem) string {
	var labels []string
	for _, item := range items {
		label := item.Label
		if item.Part.section() == EvidenceSection {
			label = AllRequests
		}
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	if len(labels) == 0 {
		return "nothing"
	}
	return strings.Join(labels, ", ")
}

// carriedProblems: what a new year began with holds again, because a person said so.
func (a *Assessment) carriedProblems() []Problem {
	var problems []Problem
	if a.Details.Prior == "" {
		return nil
	}
	add := into(&problems, CarriedPart)
	if _, known, err := a.LastYear(); err != nil {
		add(NotVerified, "last year's assessment cannot be read: %v", err)
	} else if !known {
		add(NotVerified, "it names a prior assessment that it was not opened from; last year's answers are not held against it")
	} else if _, err := a.followUps(); err != nil {
		add(NotVerified, "what last year left open cannot be read: %v", err)
	}
	for _, item := range a.Carried() {
		if !item.Confirmed {
			add(NotConfirmed, "%s was carried from last year and nobody confirmed it: %s", item.Label, item.Title)
		}
	}
	begun, on := DayOf(a.form.year.begun.Time), a.scope.scope.Confirmation.On
	if a.Questionnaire.Scope >= ProvidedScope && on != "" && on < begun {
		into(&problems, ScopePart)(NotConfirmed, "the scope was last confirmed on %s, before this assessment was opened on %s; it is confirmed for each", on, begun)
	}
	return problems
}
