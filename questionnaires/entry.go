package questionnaires

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tickmark/engine"
)

// Action is what an entry records.
type Action int

// The actions. Those from ReportPrinted on go to the side log: they are signed
// and merged like the others and stay outside the head, so that printing twice
// does not change what is printed.
const (
	NoAction Action = iota
	VaultCreated
	AuthorEnrolled
	AssessmentCreated
	ScopeSet
	RunRecorded
	EvidenceAttached
	AnswerGiven
	ConclusionRecorded
	EvidenceExpunged
	RecipientsChanged
	HandedOff
	EntriesLost
	EligibilityRecorded
	QuestionnaireChanged
	ResponsibilityConfirmed
	RiskAnalysisSet
	AcceptanceAsked
	AcceptanceApproved
	AcceptanceEnded
	QuestionnaireDefined
	LicensedTextSet
	EngagementSet
	RequestAsked
	RequestChanged
	RequestReceived
	RequestAccepted
	RequestReturned
	ActivityRecorded
	ChangeRecorded
	EvidenceDescribed
	NoteRaised
	NoteAnswered
	NoteClosed
	StageMoved
	SectionReviewed
	AnswersAcknowledged
	AssessmentIssued
	AmendmentOpened
	EvidenceReleased
	RetentionSet
	HoldSet
	VaultArchived
	PopulationListed
	SampleRecorded
	FreshnessSet
	CarriedConfirmed
	ReportPrinted
	ReportSigned
	VaultOpened
	RequestsExported
	UnsentKept
	ReportCountersigned
)

var actions = [...]string{
	"none", "vault-created", "author-enrolled", "assessment-created", "scope-set", "run-recorded", "evidence-attached",
	"answer-given", "conclusion-recorded", "evidence-expunged", "recipients-changed", "handed-off", "entries-lost",
	"eligibility-recorded", "questionnaire-changed", "responsibility-confirmed",
	"risk-analysis-set", "acceptance-asked", "acceptance-approved", "acceptance-ended",
	"questionnaire-defined", "licensed-text-set",
	"engagement-set",
	"request-asked", "request-changed", "request-received", "request-accepted", "request-returned",
	"activity-recorded", "significant-change-recorded", "evidence-described",
	"note-raised", "note-answered", "note-closed",
	"stage-moved", "section-reviewed", "answers-acknowledged", "assessment-issued", "amendment-opened",
	"evidence-released",
	"retention-set", "legal-hold-set", "archived",
	"population-listed", "sample-recorded",
	"freshness-set",
	"carried-confirmed",
	"report-printed", "report-signed", "vault-opened", "requests-exported", "unsent-kept", "report-countersigned",
}

// Side reports whether the action goes to the side log.
func (a Action) Side() bool { return a >= ReportPrinted }

// String returns the action's text.
func (a Action) String() string { return textOf(actions[:], int(a)) }

// MarshalText writes what String returns.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (a *Action) UnmarshalText(b []byte) error {
	i, err := indexOf("action", actions[:], string(b))
	*a = Action(i)
	return err
}

// Draft is a change that the rules allow and nobody has signed yet. Payload is
// written down as canonical JSON; the entry names its digest.
type Draft struct {
	Assessment ID
	Action     Action
	Subject    string
	Payload    any
}

// entryVersion is `v` of an entry's canonical JSON.
const entryVersion = 1

// signaturePrefix separates signatures over entries from all others.
const signaturePrefix = "tickmark/entry/1\x00"

// timeLayout is RFC 3339 in UTC with milliseconds, always of one width, so that
// texts sort as times do.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Entry is one signed act in the history of a vault.
type Entry struct {
	ID         engine.Digest
	Vault      engine.Digest // zero in the first entry, whose ID is the vault's id
	Assessment ID            // "" where it concerns the whole vault
	Parents    []engine.Digest
	Author     engine.Digest
	Action     Action
	Subject    string
	Digest     engine.Digest // of the payload
	Time       time.Time
	Signature  []byte
}

// SignEntry signs a draft into an entry and returns it with the payload's
// canonical bytes. Parents are the tips that the author saw; they are sorted here.
// The time is cut to milliseconds.
func SignEntry(s *Signer, vault engine.Digest, parents []engine.Digest, d Draft, now time.Time) (Entry, []byte, error) {
	payload, err := engine.Canonical(d.Payload)
	if err != nil {
		return Entry{}, nil, fmt.Errorf("sign %s: %w", d.Action, err)
	}
	e := Entry{
		Vault: vault, Assessment: d.Assessment, Parents: slices.Clone(parents), Author: s.Author.ID,
		Action: d.Action, Subject: d.Subject, Digest: engine.Sum(payload), Time: now.UTC().Truncate(time.Millisecond),
	}
	slices.SortFunc(e.Parents, func(a, b engine.Digest) int { return bytes.Compare(a[:], b[:]) })
	e.ID = e.digest()
	e.Signature = ed25519.Sign(s.key, e.signed())
	return e, payload, nil
}

// digest is that of the entry's canonical JSON, which is written down at once: a vault
// of many entries checks each of them.
func (e Entry) digest() engine.Digest {
	b := make([]byte, 0, 512+len(e.Subject)+(2*len(e.ID)+3)*len(e.Parents))
	member := func(name, text string) {
		b = append(b, name...)
		// A text has a canonical form.
		b, _ = engine.AppendCanonical(b, text)
	}
	member(`{"action":`, e.Action.String())
	member(`,"assessment":`, string(e.Assessment))
	member(`,"author":`, e.Author.String())
	member(`,"digest":`, e.Digest.String())
	before := `,"parents":[`
	if len(e.Parents) == 0 {
		b = append(b, before...)
	}
	for _, p := range e.Parents {
		member(before, p.String())
		before = ","
	}
	member(`],"subject":`, e.Subject)
	member(`,"time":`, e.Time.UTC().Format(timeLayout))
	b = append(strconv.AppendInt(append(b, `,"v":`...), entryVersion, 10), `,"vault":`...)
	member("", e.Vault.String())
	return engine.Sum(append(b, '}'))
}

func (e Entry) signed() []byte { return append([]byte(signaturePrefix), e.ID[:]...) }

// Check reports whether the ID is that of what the entry says and the signature
// is the key's.
func (e Entry) Check(key []byte) error {
	switch digest := e.digest(); {
	case digest != e.ID:
		return fmt.Errorf("check entry %s: it was changed, its digest is %s", e.ID.Short(), digest.Short())
	case engine.Sum(key) != e.Author:
		return fmt.Errorf("check entry %s: the key is not its author's", e.ID.Short())
	case !ed25519.Verify(key, e.signed(), e.Signature):
		return fmt.Errorf("check entry %s: the signature does not hold", e.ID.Short())
	}
	return nil
}
