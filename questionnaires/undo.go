package questionnaires

import (
	"errors"
	"fmt"
	"slices"

	"tickmark/engine"
)

// Undo returns the draft that takes the last answer back: a revision that repeats
// what stood before it. Called again it takes back the one before.
func (a *Assessment) Undo() (Draft, Revision, error) {
	if err := a.Frozen(); err != nil {
		return Draft{}, Revision{}, fmt.Errorf("undo: %w", err)
	}
	last, err := a.lastStep()
	if err != nil {
		return Draft{}, Revision{}, err
	}
	if last.Entry.IsZero() {
		return Draft{}, Revision{}, errors.New("undo: there is no answer to take back")
	}
	restored := Answer{Requirement: last.Requirement}
	steps, err := a.steps(a.given.to[last.Requirement])
	if err != nil {
		return Draft{}, Revision{}, err
	}
	if n := len(steps); n > 1 {
		restored, restored.Restores = steps[n-2].Answer, steps[n-2].Entry
	}
	restored.Undoes = last.Entry
	return a.draft(restored), last, nil
}

// lastStep is the newest answer that was not taken back, the zero Revision if there
// is none. An answer is taken back by a later one to the same requirement. What the
// form does not ask is left as it is: nobody would see it go.
func (a *Assessment) lastStep() (Revision, error) {
	undone := map[engine.Digest]bool{}
	for _, e := range slices.Backward(a.given.entries) {
		r, err := a.history.revision(e)
		switch {
		case err != nil:
			return r, err
		case !r.Undoes.IsZero():
			undone[r.Undoes] = true
		case !undone[r.Entry] && a.Questionnaire.Reaches(r.Requirement):
			return r, nil
		}
	}
	return Revision{}, nil
}

// steps are the answers among some to one requirement that were not taken back.
func (a *Assessment) steps(given []Entry) ([]Revision, error) {
	var steps []Revision
	for _, e := range given {
		r, err := a.history.revision(e)
		switch {
		case err != nil:
			return nil, err
		case r.Undoes.IsZero():
			steps = append(steps, r)
		default:
			steps = slices.DeleteFunc(steps, func(step Revision) bool { return step.Entry == r.Undoes })
		}
	}
	return steps, nil
}

// Redo returns the draft that gives again the last answer that Undo took back: a
// revision that repeats it. A new answer leaves nothing to give again.
func (a *Assessment) Redo() (Draft, Revision, error) {
	if err := a.Frozen(); err != nil {
		return Draft{}, Revision{}, fmt.Errorf("redo: %w", err)
	}
	var taken []Revision
	given := map[engine.Digest]Revision{}
	for _, e := range a.given.entries {
		r, err := a.history.revision(e)
		if err != nil {
			return Draft{}, Revision{}, err
		}
		if !a.Questionnaire.Reaches(r.Requirement) {
			continue
		}
		given[r.Entry] = r
		undone, known := given[r.Undoes]
		again := len(taken) > 0 && r.Restores == taken[len(taken)-1].Entry
		switch {
		case known:
			taken = append(taken, undone)
		case again:
			taken = taken[:len(taken)-1]
		default:
			taken = nil
		}
	}
	if len(taken) == 0 {
		return Draft{}, Revision{}, errors.New("redo: nothing was taken back since the last answer")
	}
	last := taken[len(taken)-1]
	answer := last.Answer
	answer.Undoes, answer.Restores = engine.Digest{}, last.Entry
	return a.draft(answer), last, nil
}
