package questionnaires

import (
	"errors"
	"fmt"
	"slices"

	"tickmark/engine"
)

// Conclusion is the result that a named person chose. The program has none of
// its own.
type Conclusion struct {
	Result string `json:"result"`
	Person string `json:"person"`
}

// Conclude returns the draft of a named person's conclusion.
func (a *Assessment) Conclude(c Conclusion) (Draft, error) {
	if err := a.Frozen(); err != nil {
		return Draft{}, fmt.Errorf("record conclusion: %w", err)
	}
	if blank(c.Person) || blank(c.Result) {
		return Draft{}, errors.New("record conclusion: it names no person or no result")
	}
	for what, text := range map[string]string{"conclusion": c.Result, "person": c.Person} {
		if err := CheckText(what, text, 200); err != nil {
			return Draft{}, err
		}
	}
	return Draft{Assessment: a.Details.ID, Action: ConclusionRecorded, Subject: "conclusion", Payload: c}, nil
}

// conclusions are those that stand: of enrolled authors, about the form as it is, and
// followed by no other, the latest last.
func (a *Assessment) conclusions() []Entry {
	moved := a.history.vouched(a.form.changes)
	given := slices.DeleteFunc(a.history.vouched(a.stages.concluded), func(e Entry) bool {
		return slices.ContainsFunc(moved, func(m Entry) bool { return !a.history.IsAncestor(m.ID, e.ID) })
	})
	standing := a.history.unfollowed(given)
	slices.SortFunc(standing, compareEntries)
	return standing
}

// settleConclusion reads the conclusion that stands.
func (a *Assessment) settleConclusion() error {
	standing := a.conclusions()
	if len(standing) == 0 {
		return nil
	}
	return a.history.read(standing[len(standing)-1], &a.Conclusion)
}

// concludedSideBySide are the conclusions that stand beside each other and differ.
func (a *Assessment) concludedSideBySide() []engine.Digest {
	var digests []engine.Digest
	for _, e := range a.conclusions() {
		if !slices.Contains(digests, e.Digest) {
			digests = append(digests, e.Digest)
		}
	}
	return digests
}
