// Package comparison holds a signed report against the vault that it says it is of: whether
// the vault has the answers, the evidence and the history that were printed, and whether
// those whom the vault names signed it.
package comparison

import (
	"encoding/json"
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

// Comparison says how a report compares with the vault it says it is of.
type Comparison struct {
	Matches   bool     `json:"matches"`
	Head      string   `json:"head"`
	After     int      `json:"entriesAfter"`
	Different []string `json:"different"`
	// Notes are what changed since in the vault and makes nothing different.
	Notes []string `json:"notes"`
	Now   string   `json:"headNow"` // of the assessment in the vault
	// Signatories are who should have signed.
	Signatories []Signatory `json:"signatories"`
}

// Of holds a report's manifest against a vault's history, of which the catalogue tells the
// requirements.
func Of(text []byte, v *sign.Verification, history *questionnaires.History, catalogue *questionnaires.Catalogue) *Comparison {
	c := &Comparison{Different: []string{}, Notes: []string{}, Signatories: []Signatory{}}
	raw, err := sign.Attachment(text, pdf.ManifestName)
	if err != nil {
		c.differ("the report carries no manifest to compare: %v", err)
		return c
	}
	var m reports.Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		c.differ("the report's manifest cannot be read: %v", err)
		return c
	}
	c.Head = m.Head.String()
	if now, err := history.AssessmentHead(m.Assessment); err == nil {
		c.Now = now.String()
	}
	if m.Vault != history.Vault() {
		c.differ("the report is of another vault, %s", m.Vault.Short())
		return c
	}
	after, known := history.Since(m.Assessment, m.Head)
	if !known {
		c.differ("the head %s was never one of this vault's assessment", m.Head.Short())
	}
	c.After = len(after)
	if !m.Issued.IsZero() {
		c.issued(m, history, catalogue)
	}
	c.answers(m, history)
	evidence := map[questionnaires.ID]questionnaires.Evidence{}
	for _, item := range history.Evidence() {
		evidence[item.ID] = item
	}
	for _, printed := range m.Evidence {
		item, there := evidence[printed.ID]
		switch {
		case !there || item.Digest() != printed.Digest:
			c.differ("%s is not in the vault as the report has it", printed.Label)
			continue
		case item.Label() != printed.Label:
			c.Notes = append(c.Notes, fmt.Sprintf("%s of the report is %s in the vault", printed.Label, item.Label()))
		}
		if item.Expunged != nil && printed.Expunged == nil {
			c.Notes = append(c.Notes, fmt.Sprintf("%s was %s", printed.Label, item.Expunged))
		}
	}
	for _, e := range after {
		if history.Verify(e.ID) != nil {
			c.Notes = append(c.Notes, fmt.Sprintf("entry %s, %s %s, came after and is nobody's who was enrolled", e.ID.Short(), e.Action, e.Subject))
		}
	}
	if known {
		c.asItStood(text, m, v, history, catalogue)
	}
	c.Matches = len(c.Different) == 0
	return c
}

// answers looks up the entry of every answer that the report says was given.
func (c *Comparison) answers(m reports.Manifest, history *questionnaires.History) {
	entries := map[engine.Digest]questionnaires.Entry{}
	for _, e := range history.Entries() {
		entries[e.ID] = e
	}
	for _, a := range m.Answers {
		e, there := entries[a.Entry]
		given := a.Requirement
		if !a.From.IsZero() && a.From.Covers(given) {
			given = a.From
		}
		if !there || e.Action != questionnaires.AnswerGiven || e.Assessment != m.Assessment || e.Subject != given.String() {
			c.differ("the answer to %s is not in the vault", a.Requirement)
		} else if err := history.Verify(e.ID); err != nil {
			c.differ("the answer to %s: %v", a.Requirement, err)
		}
	}
}

// asItStood holds the report against the assessment as that stood at the report's head:
// what it states, whether it leaves something out, and who should have signed it.
func (c *Comparison) asItStood(text []byte, m reports.Manifest, v *sign.Verification, history *questionnaires.History, catalogue *questionnaires.Catalogue) {
	a, err := assessmentAt(m, history, catalogue)
	if err != nil {
		c.differ("the assessment cannot be read as it stood at the report's head: %v", err)
		return
	}
	if err := c.stated(m, a); err != nil {
		c.differ("what the vault's report would state cannot be told: %v", err)
	}
	c.signatories(text, m, v, history, a)
}

// assessmentAt is the assessment of a report as it stood when that was made.
func assessmentAt(m reports.Manifest, history *questionnaires.History, catalogue *questionnaires.Catalogue) (*questionnaires.Assessment, error) {
	then, _, err := history.At(m.Assessment, m.Head)
	if err != nil {
		return nil, err
	}
	return then.Assessment(catalogue, m.Assessment)
}

// stated holds the answers and the list of evidence of a report against those of the
// assessment, in both directions: what was left out is as wrong as what was changed.
func (c *Comparison) stated(m reports.Manifest, a *questionnaires.Assessment) error {
	if m.Entity != a.Entity || m.Questionnaire != a.Questionnaire.Code {
		c.differ("the report is of %s by form %s, the assessment of %s by form %s", m.Entity, m.Questionnaire, a.Entity, a.Questionnaire.Code)
	}
	answers, evidence, err := reports.Stated(a)
	if err != nil {
		return err
	}
	printed := map[questionnaires.RequirementID]reports.ManifestAnswer{}
	for _, p := range m.Answers {
		if _, twice := printed[p.Requirement]; twice {
			c.differ("the report has two answers to %s", p.Requirement)
		}
		printed[p.Requirement] = p
	}
	for _, stood := range answers {
		p, there := printed[stood.Requirement]
		delete(printed, stood.Requirement)
		switch {
		case !there:
			c.differ("the answer to %s, %s, is not in the report", stood.Requirement, stood.Response.Title())
		case p.Response != stood.Response:
			c.differ("the answer to %s is %s in the report, and %s in the vault", p.Requirement, p.Response.Title(), stood.Response.Title())
		case p != stood:
			c.differ("the answer to %s that the report has was not the one that counted", p.Requirement)
		}
	}
	for _, p := range m.Answers {
		if _, more := printed[p.Requirement]; more {
			c.differ("the answer to %s that the report has did not count", p.Requirement)
		}
	}
	listed := map[questionnaires.ID]bool{}
	for _, item := range m.Evidence {
		listed[item.ID] = true
	}
	for _, e := range evidence {
		if !listed[e.ID] {
			c.differ("%s of the vault, %s, is not in the report", e.Label(), e.Title)
		}
	}
	return nil
}

func (c *Comparison) differ(format string, args ...any) {
	c.Different = append(c.Different, fmt.Sprintf(format, args...))
}

// issued holds what a report says of its issue against the vault's versions.
func (c *Comparison) issued(m reports.Manifest, history *questionnaires.History, catalogue *questionnaires.Catalogue) {
	var versions []questionnaires.IssuedVersion
	a, err := history.Assessment(catalogue, m.Assessment)
	if err == nil {
		versions, err = a.Versions()
	}
	if err != nil {
		c.differ("the versions that were issued cannot be read: %v", err)
		return
	}
	i := slices.IndexFunc(versions, func(v questionnaires.IssuedVersion) bool { return v.Entry == m.Issued && v.Version == m.Version })
	if i < 0 {
		c.differ("version %d was not issued in this vault as the report says", m.Version)
		return
	}
	c.Notes = append(c.Notes, fmt.Sprintf("version %s, issued on %s by %s", versions[i].Label(), versions[i].Day, versions[i].By.Name))
	if last := versions[len(versions)-1]; last.Version > m.Version {
		c.Notes = append(c.Notes, fmt.Sprintf("it was amended: version %s was issued on %s", last.Label(), last.Day))
	}
}
