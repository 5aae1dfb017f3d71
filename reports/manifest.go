package reports

import (
	"fmt"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Manifest is the list of evidence that travels inside a printed report, so that a
// reader can compare digests without the vault. It is written as canonical JSON.
type Manifest struct {
	V             int               `json:"v"` // 1
	Kind          string            `json:"kind"`
	Entity        string            `json:"entity"`
	Vault         engine.Digest     `json:"vault"`
	Assessment    questionnaires.ID `json:"assessment"`
	Questionnaire string            `json:"questionnaire"`
	Head          engine.Digest     `json:"head"`
	Date          time.Time         `json:"date"`
	Version       int               `json:"version,omitempty"` // of the assessment
	Issued        engine.Digest     `json:"issued,omitzero"`   // the entry that issued it
	Answers       []ManifestAnswer  `json:"answers"`
	Evidence      []ManifestItem    `json:"evidence"`
}

// ManifestAnswer is an answer that stands, by the entry that gave it.
type ManifestAnswer struct {
	Requirement questionnaires.RequirementID `json:"requirement"`
	Response    questionnaires.Response      `json:"response"`
	Entry       engine.Digest                `json:"entry"`
	// From is the id above it that the entry answers, Not Applicable with all below.
	From questionnaires.RequirementID `json:"from,omitzero"`
}

// ManifestItem is an item of evidence with its provenance.
type ManifestItem struct {
	Label     string                       `json:"label"`
	ID        questionnaires.ID            `json:"id"`
	Title     string                       `json:"title"`
	Digest    engine.Digest                `json:"digest"`
	Collected time.Time                    `json:"collected"`
	Collector string                       `json:"collector,omitempty"`
	Tool      string                       `json:"tool,omitempty"`
	Result    *questionnaires.ResultSource `json:"result,omitempty"`
	File      *questionnaires.FileSource   `json:"file,omitempty"`
	// Kind and Details are what is said of a file, Original the one in whose place a
	// redacted copy stands.
	Kind     questionnaires.EvidenceKind    `json:"kind,omitzero"`
	Details  questionnaires.EvidenceDetails `json:"details,omitzero"`
	Original *questionnaires.FileSource     `json:"original,omitempty"`
	Expunged *ManifestTombstone             `json:"expunged,omitempty"`
}

// ManifestTombstone says that the vault does not hold an item's content any more.
type ManifestTombstone struct {
	Time   time.Time             `json:"time"`
	Author questionnaires.Author `json:"author"`
	Reason string                `json:"reason"`
	Entry  engine.Digest         `json:"entry"`
}

// Stated is what the manifest of every report of an assessment states: its answers, and the
// evidence that it lists.
func Stated(a *questionnaires.Assessment) ([]ManifestAnswer, []questionnaires.Evidence, error) {
	d := Dossier{Assessment: a}
	var err error
	if d.Scope, err = a.History().Scope(); err != nil {
		return nil, nil, fmt.Errorf("tell what a report states: %w", err)
	}
	var listed []questionnaires.Evidence
	for _, item := range d.chosen() {
		listed = append(listed, item.Evidence)
	}
	return answersOf(a), listed, nil
}

func answersOf(a *questionnaires.Assessment) []ManifestAnswer {
	answers := []ManifestAnswer{}
	for _, r := range a.Requirements() {
		revision := a.Current(r.ID)
		if revision.Entry.IsZero() {
			continue
		}
		answer := ManifestAnswer{Requirement: r.ID, Response: revision.Response, Entry: revision.Entry}
		if a.Own(r.ID).Entry != revision.Entry {
			answer.From = revision.Inherited
		}
		answers = append(answers, answer)
	}
	return answers
}

func (d Dossier) manifest() ([]byte, error) {
	a := d.Assessment
	m := Manifest{
		V: 1, Kind: d.Kind.String(), Entity: a.Entity, Vault: a.History().Vault(), Assessment: a.Details.ID, Questionnaire: a.Questionnaire.Code,
		Head: a.Head, Date: d.Date, Answers: answersOf(a), Evidence: []ManifestItem{},
	}
	if v := d.Edition.Issued; v != nil {
		m.Version, m.Issued = v.Version, v.Entry
	}
	for _, i := range d.Items {
		item := ManifestItem{Label: i.Label(), ID: i.ID, Title: i.Title, Digest: i.Digest(), Collected: i.Collected.UTC(), Result: i.Result, File: i.File}
		item.Kind, item.Details, item.Original = i.Kind, i.Evidence.Details, i.Original
		if i.Result != nil {
			item.Collector, item.Tool = i.Seen.Collector.Name, i.Seen.Tool.Name+" "+i.Seen.Tool.Version
		}
		if t := i.Expunged; t != nil {
			item.Expunged = &ManifestTombstone{Time: t.Time.UTC(), Author: t.Author, Reason: t.Reason, Entry: t.Entry}
		}
		m.Evidence = append(m.Evidence, item)
	}
	return engine.Canonical(m)
}
