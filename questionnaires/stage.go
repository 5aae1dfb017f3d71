package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"tickmark/engine"
)

// Stage is how far an assessment is on its way to being issued.
type Stage int

// The stages, in order.
const (
	Fieldwork Stage = iota
	LeadReview
	QualityReview // by somebody who answered and collected nothing
	Issued        // frozen; an amendment opens a new version
)

var (
	stages      = [...]string{"fieldwork", "lead-review", "qa", "issued"}
	stageTitles = [...]string{"fieldwork", "lead review", "QA", "issued"}
)

// String returns the stage's text.
func (s Stage) String() string { return textOf(stages[:], int(s)) }

// Title is what people call the stage.
func (s Stage) Title() string { return textOf(stageTitles[:], int(s)) }

// MarshalText writes what String returns.
func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Stage) UnmarshalText(b []byte) error {
	i, err := indexOf("stage", stages[:], string(b))
	*s = Stage(i)
	return err
}

// StageMove is the payload of the entry that moves an assessment to a stage other than
// issued: on to the lead review or QA, or back to fieldwork with the reason.
type StageMove struct {
	To     Stage  `json:"to"`
	Reason string `json:"reason,omitempty"`
}

// StageStanding is the stage that an assessment is in, and since when.
type StageStanding struct {
	Stage   Stage
	Version int       // the one that is worked on, or was issued
	By      Author    // of the last step; zero while there was none
	Time    time.Time // of the last step
	Reason  string    // why it was returned, "" if it was not
}

// RefusedStep is a step that was written past the rules and counts for nothing.
type RefusedStep struct {
	Entry  engine.Digest
	Action Action
	Author Author
	Time   time.Time
	Why    string
}

// stageRecord is what an assessment's history says of its stages.
type stageRecord struct {
	acts      []Entry // moves, reviews, issues and amendments, parents first
	concluded []Entry
	vouched   []Entry // acknowledgements
	once      sync.Once
	book      stageBook
	err       error
}

// stageBook is the way of an assessment through its stages, as its entries make it.
type stageBook struct {
	touched  *touched
	steps    []stageStep
	verdicts []verdict
	refused  []RefusedStep
}

// stageStep is a step that counts.
type stageStep struct {
	entry   Entry
	to      Stage
	version int
	reason  string
	issue   Issuance // of one that issues
}

// isStage reports whether an entry is a step through the stages, or a review.
func (a Action) isStage() bool { return a >= StageMoved && a <= AmendmentOpened }

// takeStage keeps what an entry says of the stages.
func (a *Assessment) takeStage(e Entry) {
	switch e.Action {
	case ConclusionRecorded:
		a.stages.concluded = append(a.stages.concluded, e)
	case AnswersAcknowledged:
		a.stages.vouched = append(a.stages.vouched, e)
	default:
		a.stages.acts = append(a.stages.acts, e)
	}
}

// stageBook reads the way through the stages, once.
func (a *Assessment) stageBook() (*stageBook, error) {
	r := a.stages
	r.once.Do(func() {
		if r.book.touched, r.err = a.touches(); r.err != nil {
			return
		}
		for _, e := range r.acts {
			if a.history.Verify(e.ID) != nil {
				continue
			}
			if r.err = a.act(&r.book, e); r.err != nil {
				return
			}
		}
	})
	return &r.book, r.err
}

// stepsTaken is the way through the stages without what bears on its reviews, where
// nobody took a step: most assessments, most of the time.
func (a *Assessment) stepsTaken() (*stageBook, error) {
	if len(a.stages.acts) == 0 {
		return &stageBook{}, nil
	}
	return a.stageBook()
}

// issues reports whether an entry issued the assessment.
func (b *stageBook) issues(entry engine.Digest) bool {
	return slices.ContainsFunc(b.steps, func(s stageStep) bool { return s.entry.ID == entry && s.to == Issued })
}

// act adds what an enrolled author's entry does to the stages, held against the rules
// as they stood for what its author saw. What breaks them counts for nothing.
func (a *Assessment) act(b *stageBook, e Entry) error {
	seen := sight{a.history, e.ID}
	before := a.standingAt(b, seen)
	step := stageStep{entry: e, version: before.Version}
	var broken error
	switch e.Action {
	case StageMoved:
		var move StageMove
		if err := a.history.read(e, &move); err != nil {
			return err
		}
		step.to, step.reason = move.To, move.Reason
		broken = a.movable(b, before, move, seen)
	case SectionReviewed:
		v := verdict{entry: e}
		if err := a.history.read(e, &v.SectionReview); err != nil {
			return err
		}
		if broken = a.reviewable(before, v.SectionReview); broken == nil {
			b.verdicts = append(b.verdicts, v)
			return nil
		}
	case AssessmentIssued:
		if err := a.history.read(e, &step.issue); err != nil {
			return err
		}
		step.to = Issued
		why, err := a.issuable(e, step.issue)
		if err != nil {
			return err
		}
		broken = why
	case AmendmentOpened:
		var amendment Amendment
		if err := a.history.read(e, &amendment); err != nil {
			return err
		}
		step.version, step.reason = amendment.Version, amendment.Reason
		broken = amendable(before, amendment)
	default:
		return nil
	}
	if broken != nil {
		author, _ := a.history.Author(e.Author)
		b.refused = append(b.refused, RefusedStep{Entry: e.ID, Action: e.Action, Author: author, Time: e.Time, Why: broken.Error()})
		return nil
	}
	b.steps = append(b.steps, step)
	return nil
}

// standingAt is the stage as somebody saw it. Of steps that were taken side by side the
// one counts that leaves more to be done; but what was issued stays issued.
func (a *Assessment) standingAt(b *stageBook, seen sight) StageStanding {
	version := 1
	var steps []stageStep
	for _, s := range b.steps {
		if seen.sees(s.entry.ID) {
			steps, version = append(steps, s), max(version, s.version)
		}
	}
	now := StageStanding{Version: version}
	take := func(s stageStep) {
		now.Stage, now.Time, now.Reason = s.to, s.entry.Time, s.reason
		now.By, _ = a.history.Author(s.entry.Author)
	}
	var standing []stageStep
	for _, s := range steps {
		if s.version != version {
			continue
		}
		standing = slices.DeleteFunc(standing, func(o stageStep) bool { return a.history.IsAncestor(o.entry.ID, s.entry.ID) })
		standing = append(standing, s)
	}
	slices.SortFunc(standing, func(x, y stageStep) int { return compareEntries(x.entry, y.entry) })
	for i, s := range standing {
		if i == 0 || s.to < now.Stage {
			take(s)
		}
	}
	for _, s := range steps {
		if s.version == version && s.to == Issued {
			take(s)
			break
		}
	}
	return now
}

// movable reports why an assessment cannot move to a stage.
func (a *Assessment) movable(b *stageBook, now StageStanding, move StageMove, seen sight) error {
	switch from := now.Stage; {
	case from == Issued:
		return a.frozenAt(now)
	case move.To == Fieldwork && from == Fieldwork:
		return errors.New("it is in fieldwork, and nothing is to be returned")
	case move.To == Fieldwork:
		if blank(move.Reason) {
			return errNoReason
		}
		return CheckText("reason", move.Reason, maxReturnReason)
	case move.To == LeadReview && from == Fieldwork:
		return nil
	case move.To == QualityReview && from == LeadReview:
		if open := a.unpassed(b, LeadReview, seen); len(open) > 0 {
			return fmt.Errorf("the lead review has not passed %s", titles(open))
		}
		return nil
	case move.To == from:
		return fmt.Errorf("it is in %s already", from.Title())
	case move.To == QualityReview:
		return fmt.Errorf("it is in %s, and %s comes after the lead review", from.Title(), move.To.Title())
	}
	return fmt.Errorf("it is in %s, and cannot go to %s from there", now.Stage.Title(), move.To.Title())
}

// errNoReason says that something needs a reason and has none.
var errNoReason = errors.New("it needs a reason")

// maxReturnReason bounds why something was returned or amended, in bytes.
const maxReturnReason = 4000

// titles names the first of some sections.
func titles(sections []Section) string {
	const most = 3
	text := ""
	for i, s := range sections {
		switch {
		case i == most:
			return fmt.Sprintf("%s and %d more sections", text, len(sections)-most)
		case i > 0:
			text += ", "
		}
		text += s.Title()
	}
	return text
}

// Stage returns the stage that the assessment is in.
func (a *Assessment) Stage() (StageStanding, error) {
	b, err := a.stepsTaken()
	if err != nil {
		return StageStanding{}, err
	}
	return a.standingAt(b, sight{h: a.history}), nil
}

// RefusedSteps are those that were written past the rules, oldest first.
func (a *Assessment) RefusedSteps() ([]RefusedStep, error) {
	b, err := a.stepsTaken()
	if err != nil {
		return nil, err
	}
	return b.refused, nil
}

// MoveStage returns the draft that moves the assessment to the lead review, on to QA,
// or back to fieldwork with the reason.
func (a *Assessment) MoveStage(move StageMove) (Draft, error) {
	b, err := a.stageBook()
	if err == nil {
		seen := sight{h: a.history}
		err = a.movable(b, a.standingAt(b, seen), move, seen)
	}
	if err != nil {
		what := map[Stage]string{Fieldwork: "return to fieldwork", LeadReview: "submit for lead review", QualityReview: "pass on to QA"}[move.To]
		return Draft{}, fmt.Errorf("%s: %w", what, err)
	}
	return a.stageDraft(StageMoved, "stage", move), nil
}

func (a *Assessment) stageDraft(action Action, subject string, payload any) Draft {
	return Draft{Assessment: a.Details.ID, Action: action, Subject: subject, Payload: payload}
}

// ErrIssued says that an assessment was issued and is frozen.
var ErrIssued = errors.New("open an amendment to change it")

// frozenAt says that what was issued is frozen.
func (a *Assessment) frozenAt(now StageStanding) error {
	return fmt.Errorf("the assessment was issued as version %d on %s; %w", now.Version, DayOf(now.Time), ErrIssued)
}

// Frozen reports an ErrIssued where the assessment was issued: nothing that it says can
// be changed before an amendment is opened.
func (a *Assessment) Frozen() error {
	if len(a.stages.acts) == 0 {
		return nil
	}
	now, err := a.Stage()
	if err == nil && now.Stage == Issued {
		err = a.frozenAt(now)
	}
	return err
}

// stageProblems are attempts to issue the assessment past the rules, until somebody
// takes a step who saw them.
func (a *Assessment) stageProblems() []Problem {
	var problems []Problem
	add := into(&problems, StagePart)
	if len(a.concludedSideBySide()) > 1 {
		add(InConflict, "several conclusions were recorded side by side; one of them has to be recorded again")
	}
	if len(a.stages.acts) == 0 {
		return problems
	}
	b, err := a.stageBook()
	if err != nil {
		add(NotIssued, "its stages cannot be read: %v", err)
		return problems
	}
	for _, r := range b.refused {
		followed := slices.ContainsFunc(b.steps, func(s stageStep) bool { return a.history.IsAncestor(r.Entry, s.entry.ID) })
		if r.Action == AssessmentIssued && !followed {
			add(NotIssued, "%s issued it on %s past the rules, and it is not issued: %s", r.Author.Name, DayOf(r.Time), r.Why)
		}
	}
	return problems
}
