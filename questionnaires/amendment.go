package questionnaires

import (
	"errors"
	"fmt"
)

// Amendment opens a new version of what was issued. It is the payload of an entry. The
// version before stays as it was issued.
type Amendment struct {
	Version int    `json:"version"` // the new one
	Reason  string `json:"reason"`
}

// amendable reports why an amendment cannot be opened.
func amendable(now StageStanding, amendment Amendment) error {
	switch {
	case now.Stage != Issued:
		return fmt.Errorf("version %d is in %s and was not issued: what is not issued is changed without an amendment", now.Version, now.Stage.Title())
	case amendment.Version != now.Version+1:
		return fmt.Errorf("version %d was issued, and the next is %d", now.Version, now.Version+1)
	case blank(amendment.Reason):
		return errNoReason
	}
	return CheckText("reason", amendment.Reason, maxReturnReason)
}

// Amend returns the draft that opens the next version of what was issued, for a reason.
func (a *Assessment) Amend(reason string) (Draft, error) {
	now, err := a.Stage()
	amendment := Amendment{Version: now.Version + 1, Reason: reason}
	if err == nil {
		err = amendable(now, amendment)
	}
	if err != nil {
		return Draft{}, fmt.Errorf("open amendment: %w", err)
	}
	return a.stageDraft(AmendmentOpened, "amendment", amendment), nil
}

// Amending returns why the version that is worked on was opened, none of the first.
func (a *Assessment) Amending() ([]string, error) {
	b, err := a.stepsTaken()
	if err != nil {
		return nil, err
	}
	now := a.standingAt(b, sight{h: a.history})
	var reasons []string
	for _, s := range b.steps {
		if s.entry.Action == AmendmentOpened && s.version == now.Version {
			reasons = append(reasons, s.reason)
		}
	}
	return reasons, nil
}

// Difference is a requirement that says something else than in another version.
type Difference struct {
	Requirement RequirementID `json:"requirement"`
	Before      Response      `json:"before"`
	After       Response      `json:"after"`
}

// Title says the difference in words.
func (d Difference) Title() string {
	if d.Before == d.After {
		return d.After.Title() + ", in other words or on other evidence"
	}
	return d.Before.Title() + " before, " + d.After.Title() + " now"
}

// DiffersFrom returns the requirements whose response or answer differs from that of an
// earlier version, in order.
func (a *Assessment) DiffersFrom(before *Assessment) []Difference {
	var all []Difference
	ids := append([]RequirementID{}, a.Questionnaire.Requirements...)
	for _, id := range before.Questionnaire.Requirements {
		if !a.Questionnaire.Asks(id) {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		was, is := before.Current(id), a.Current(id)
		if was.Response != is.Response || !sameContent(content(was), content(is)) {
			all = append(all, Difference{id, was.Response, is.Response})
		}
	}
	return all
}

// content is what a revision says, whatever it took back.
func content(r Revision) Answer {
	answer := r.Answer
	answer.Undoes, answer.Restores = [32]byte{}, [32]byte{}
	return answer
}

// Before returns the version that the one worked on, or issued, came of; false of the
// first. Of versions that were issued side by side it is the last.
func (a *Assessment) Before() (IssuedVersion, *Assessment, bool, error) {
	now, err := a.Stage()
	if err != nil || now.Version < 2 {
		return IssuedVersion{}, nil, false, err
	}
	all, err := a.Versions()
	if err != nil {
		return IssuedVersion{}, nil, false, err
	}
	var found *IssuedVersion
	for i, v := range all {
		if v.Version == now.Version-1 {
			found = &all[i]
		}
	}
	if found == nil {
		return IssuedVersion{}, nil, false, errors.New("find the version before: it is not there")
	}
	then, err := a.asIssued(*found)
	return *found, then, err == nil, err
}
