package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
)

// ResponsibilityConfirmation says who answers for some requirements on a platform,
// as a person read it in the provider's matrix. It is the payload of an entry of the
// whole vault.
type ResponsibilityConfirmation struct {
	Platform   Platform        `json:"platform"`
	Default    int             `json:"default"`    // version of the defaults that were shown
	Matrix     string          `json:"matrix"`     // title and version of the provider's document
	MatrixDate string          `json:"matrixDate"` // of the document: 2026-03-31
	Items      []ConfirmedDuty `json:"items"`
}

// ConfirmedDuty is one line of a confirmation.
type ConfirmedDuty struct {
	Requirement RequirementID `json:"requirement"`
	Party       Party         `json:"party"`
	Note        string        `json:"note,omitempty"`
}

// ConfirmedParty is a line of a confirmation as it stands in the history.
type ConfirmedParty struct {
	Party      Party         `json:"party"`
	Note       string        `json:"note,omitempty"`
	Matrix     string        `json:"matrix"`
	MatrixDate string        `json:"matrixDate"`
	Entry      engine.Digest `json:"entry"`
	Author     Author        `json:"author"`
	Time       time.Time     `json:"time"`
}

// Bounds of a confirmation, in bytes.
const (
	maxMatrixTitle    = 200
	maxResponsibility = 2000
)

// ConfirmResponsibilities returns the draft that records what a person read in the
// provider's matrix.
func (c *Catalogue) ConfirmResponsibilities(confirmation ResponsibilityConfirmation, now time.Time) (Draft, error) {
	platform := confirmation.Platform
	refuse := func(err error) (Draft, error) {
		return Draft{}, fmt.Errorf("confirm responsibilities of %s: %w", platform, err)
	}
	if c.matrix == nil || !slices.Contains(Platforms(), platform) {
		return Draft{}, errors.New("confirm responsibilities: the platform is none that Tickmark knows")
	}
	if err := confirmation.checkMatrix(now); err != nil {
		return refuse(err)
	}
	for i, item := range confirmation.Items {
		if _, known := c.Requirement(item.Requirement); !known {
			return refuse(fmt.Errorf("%q is no requirement", item.Requirement))
		}
		if slices.ContainsFunc(confirmation.Items[:i], func(o ConfirmedDuty) bool { return o.Requirement == item.Requirement }) {
			return refuse(fmt.Errorf("%s is named twice", item.Requirement))
		}
		if item.Party < ProviderParty || item.Party > BothParties {
			return refuse(fmt.Errorf("%s: it says not who answers: want provider, customer or both", item.Requirement))
		}
		if err := CheckText("note", item.Note, maxResponsibility); err != nil {
			return refuse(err)
		}
	}
	confirmation.Default = c.matrix.version
	return Draft{Action: ResponsibilityConfirmed, Subject: "responsibility " + platform.String(), Payload: confirmation}, nil
}

// checkMatrix refuses a confirmation that does not say against what.
func (c ResponsibilityConfirmation) checkMatrix(now time.Time) error {
	if len(c.Items) == 0 {
		return errors.New("no requirement is named")
	}
	if c.Matrix == "" {
		return errors.New("it says not against which document of the provider's")
	}
	if err := checkLine("provider's matrix", c.Matrix, maxMatrixTitle); err != nil {
		return err
	}
	date, err := time.Parse(time.DateOnly, c.MatrixDate)
	switch {
	case err != nil:
		return fmt.Errorf("date of the provider's matrix: %q is no date such as 2026-03-31", c.MatrixDate)
	case date.After(now):
		return fmt.Errorf("date of the provider's matrix: %s is yet to come", c.MatrixDate)
	}
	return nil
}

// Responsibilities are the defaults of a catalogue with what a history confirms.
type Responsibilities struct {
	matrix   *ResponsibilityMatrix
	standing map[dutyOf][]ConfirmedParty
}

// dutyOf is what a line of a confirmation is about.
type dutyOf struct {
	platform    Platform
	requirement RequirementID
}

// Responsibilities reads who answers for what, as far as enrolled authors confirmed
// it.
func (h *History) Responsibilities(c *Catalogue) (*Responsibilities, error) {
	r := &Responsibilities{matrix: c.matrix, standing: map[dutyOf][]ConfirmedParty{}}
	entries := map[dutyOf][]Entry{}
	lines := map[dutyOf]map[engine.Digest]ConfirmedParty{}
	for _, e := range h.entries {
		if e.Action != ResponsibilityConfirmed || h.Verify(e.ID) != nil {
			continue
		}
		var p ResponsibilityConfirmation
		if err := h.read(e, &p); err != nil {
			return nil, err
		}
		author, _ := h.Author(e.Author)
		for _, item := range p.Items {
			of := dutyOf{p.Platform, item.Requirement}
			if lines[of] == nil {
				lines[of] = map[engine.Digest]ConfirmedParty{}
			}
			entries[of] = append(entries[of], e)
			lines[of][e.ID] = ConfirmedParty{
				Party: item.Party, Note: item.Note, Matrix: p.Matrix, MatrixDate: p.MatrixDate, Entry: e.ID, Author: author, Time: e.Time,
			}
		}
	}
	for of, given := range entries {
		standing := h.unfollowed(given)
		slices.SortFunc(standing, compareEntries)
		for _, e := range standing {
			r.standing[of] = append(r.standing[of], lines[of][e.ID])
		}
	}
	return r, nil
}

// Responsibility returns who answers for a requirement on a platform: what stands
// confirmed, else the default. Where people confirmed different things side by side
// nothing is confirmed until one of them is again.
func (r *Responsibilities) Responsibility(platform Platform, id RequirementID) Responsibility {
	var answer Responsibility
	if r.matrix != nil {
		answer = r.matrix.Responsibility(platform, id)
	}
	standing := r.standing[dutyOf{platform, id}]
	if len(standing) == 0 {
		return answer
	}
	for _, c := range standing {
		answer.Conflict = answer.Conflict || c.Party != standing[0].Party || c.Note != standing[0].Note
	}
	if !answer.Conflict {
		answer.Confirmed = &standing[len(standing)-1]
	}
	return answer
}

// Confirmed returns what stands confirmed, and where people confirmed different
// things side by side that they did, by platform and requirement.
func (r *Responsibilities) Confirmed() []Responsibility {
	all := make([]Responsibility, 0, len(r.standing))
	for of := range r.standing {
		confirmed := r.Responsibility(of.platform, of.requirement)
		confirmed.Requirement = of.requirement
		confirmed.Platform.Platform = of.platform
		all = append(all, confirmed)
	}
	slices.SortFunc(all, func(x, y Responsibility) int {
		return cmp.Or(cmp.Compare(x.Platform.Platform, y.Platform.Platform), x.Requirement.Compare(y.Requirement))
	})
	return all
}

// Responsibility returns who answers for a requirement on a platform.
func (a *Assessment) Responsibility(platform Platform, id RequirementID) Responsibility {
	return a.shared.parties.Responsibility(platform, id)
}

// partyProblems: who answers for what was not confirmed in several ways side by side.
func (a *Assessment) partyProblems(id RequirementID) []Problem {
	var problems []Problem
	for _, platform := range Platforms() {
		if r := a.Responsibility(platform, id); r.Conflict {
			problems = append(problems, Problem{Requirement: id, Part: ResponsibilityPart, Kind: InConflict, Sentence: "who answers for it on " + r.String()})
		}
	}
	return problems
}
