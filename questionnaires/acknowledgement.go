package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
)

// Statement is one of those that an executive of the entity acknowledges.
type Statement struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// The statements, in our words. Ids are permanent: signed entries name them.
var statements = []Statement{
	{"right-form", "The questionnaire is the one that fits how the entity takes payments, and was filled in as it asks"},
	{"true", "What it says of the entity's environment is true and complete as far as the entity knows"},
	{"kept", "The entity keeps what the standard asks of it in place at all times, not on the day of the assessment alone"},
	{"changes", "If the environment changes, the entity assesses again whatever the change concerns"},
}

// Statements are those that an executive acknowledges of a self-assessment.
func Statements() []Statement { return slices.Clone(statements) }

// Acknowledgement is what an executive of the entity stands for: the answers and the
// conclusion of a self-assessment as they were on a day. It is the payload of an entry,
// which whoever heard it signs. Whatever the assessment says that was not seen makes it
// void.
type Acknowledgement struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Day        Day      `json:"day"`
	Statements []string `json:"statements"` // ids
	// What follows is not part of the payload.
	Entry  engine.Digest `json:"-"`
	Author Author        `json:"-"`
	Time   time.Time     `json:"-"`
	// Changed counts the entries that came since and make it void.
	Changed int `json:"-"`
}

func (k Acknowledgement) check(today Day) error {
	switch {
	case blank(k.Name):
		return errors.New("it names no executive")
	case blank(k.Title):
		return errors.New("it says not what the executive is in the entity")
	case k.Day == "":
		return errors.New("it needs its day")
	}
	if err := errors.Join(checkLine("executive's name", k.Name, maxScopeLine), checkLine("executive's title", k.Title, maxScopeLine), k.Day.check()); err != nil {
		return err
	}
	if k.Day > today {
		return fmt.Errorf("%s is a day to come", k.Day)
	}
	for _, s := range statements {
		if !slices.Contains(k.Statements, s.ID) {
			return fmt.Errorf("statement %s is not acknowledged: %s", s.ID, s.Text)
		}
	}
	for i, id := range k.Statements {
		if !slices.ContainsFunc(statements, func(s Statement) bool { return s.ID == id }) {
			return fmt.Errorf("there is no statement %.40q", id)
		}
		if slices.Contains(k.Statements[:i], id) {
			return fmt.Errorf("statement %s is named twice", id)
		}
	}
	return nil
}

// Acknowledge returns the draft that records what an executive acknowledged: every
// statement, of answers that are concluded.
func (a *Assessment) Acknowledge(k Acknowledgement, today Day) (Draft, error) {
	err := a.Frozen()
	if err == nil && a.Questionnaire.ReviewedForQuality() {
		err = errors.New("a Report on Compliance is reviewed for quality; an executive acknowledges a self-assessment")
	}
	if err == nil && a.Conclusion.Result == "" {
		err = errors.New("nobody concluded the assessment yet, and the conclusion is what is acknowledged")
	}
	if err == nil {
		err = k.check(today)
	}
	if err != nil {
		return Draft{}, fmt.Errorf("acknowledge: %w", err)
	}
	return a.stageDraft(AnswersAcknowledged, "acknowledgement", k), nil
}

// Acknowledgement returns the one that holds, else the last that was void since; false
// where nobody enrolled recorded a whole one.
func (a *Assessment) Acknowledgement() (Acknowledgement, bool, error) {
	if len(a.stages.vouched) == 0 {
		return Acknowledgement{}, false, nil
	}
	b, err := a.stageBook()
	if err != nil {
		return Acknowledgement{}, false, err
	}
	var last Acknowledgement
	found := false
	for _, e := range a.history.vouched(a.stages.vouched) {
		var k Acknowledgement
		if err := a.history.read(e, &k); err != nil {
			return last, false, err
		}
		if k.check(DayOf(e.Time)) != nil {
			continue
		}
		k.Entry, k.Time, k.Changed = e.ID, e.Time, b.touched.saidSince(e.ID, a.history)
		k.Author, _ = a.history.Author(e.Author)
		if !found || k.Changed == 0 || last.Changed > 0 {
			last, found = k, true
		}
	}
	return last, found, nil
}

// saidSince counts the entries that an acknowledgement stands for and did not see: of
// the form, scope, engagement, answers and conclusion.
func (t *touched) saidSince(entry engine.Digest, h *History) int {
	later := map[engine.Digest]bool{}
	for s, touches := range t.of {
		for _, other := range touches {
			said := other.Action == AnswerGiven || s == EngagementSection || s == ScopeSection
			if said && !h.IsAncestor(other.ID, entry) {
				later[other.ID] = true
			}
		}
	}
	return len(later)
}
