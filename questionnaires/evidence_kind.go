package questionnaires

import (
	"fmt"
	"strings"
)

// EvidenceKind is what sort of paper an item of evidence is. Documents and notes of
// interviews are numbered by themselves, as a report lists them by themselves.
type EvidenceKind int

// The kinds. The zero kind is that of results of checks, and of files of which nobody
// said more.
const (
	OtherEvidence EvidenceKind = iota
	DocumentEvidence
	InterviewEvidence
	ScreenshotEvidence
	ObservationEvidence
	ConfigurationEvidence
)

var evidenceKinds = [...]string{"other", "document", "interview", "screenshot", "observation", "configuration"}

// EvidenceKinds returns every kind.
func EvidenceKinds() []EvidenceKind {
	all := make([]EvidenceKind, len(evidenceKinds))
	for i := range all {
		all[i] = EvidenceKind(i)
	}
	return all
}

// ParseEvidenceKind reads what String returns.
func ParseEvidenceKind(text string) (EvidenceKind, error) {
	i, err := indexOf("kind of evidence", evidenceKinds[:], strings.ToLower(strings.TrimSpace(text)))
	if err != nil {
		err = fmt.Errorf("%w; the kinds are %s", err, strings.Join(evidenceKinds[:], ", "))
	}
	return EvidenceKind(i), err
}

// String returns the kind's text.
func (k EvidenceKind) String() string { return textOf(evidenceKinds[:], int(k)) }

// MarshalText writes what String returns.
func (k EvidenceKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes. A kind that a later version knows is
// another one here.
func (k *EvidenceKind) UnmarshalText(b []byte) error {
	i, err := indexOf("kind of evidence", evidenceKinds[:], string(b))
	if err != nil {
		i = int(OtherEvidence)
	}
	*k = EvidenceKind(i)
	return nil
}

// Series is what numbers of the kind begin with: Doc, Int or Evidence.
func (k EvidenceKind) Series() string {
	switch k {
	case DocumentEvidence:
		return "Doc"
	case InterviewEvidence:
		return "Int"
	case OtherEvidence, ScreenshotEvidence, ObservationEvidence, ConfigurationEvidence:
	}
	return "Evidence"
}

// EvidenceSeries returns what numbers of evidence begin with, one for each row of
// numbers.
func EvidenceSeries() []string { return []string{"Evidence", "Doc", "Int"} }

// Noun is what one of the kind is called in lists.
func (k EvidenceKind) Noun() string {
	if k == OtherEvidence {
		return "file"
	}
	return k.String()
}

// Notes reports whether people write the item themselves: what was said, what was seen.
func (k EvidenceKind) Notes() bool { return k == InterviewEvidence || k == ObservationEvidence }

// Obtained is how a file came to be in the assessor's hands: one of three ways. Older
// vaults may say it in words of their own, which are kept and are none of the three.
type Obtained string

// The three ways.
const (
	TakenByAssessor  Obtained = "taken by the assessor"
	WatchedLive      Obtained = "watched live"
	ProvidedByEntity Obtained = "provided by the entity"
)

// WaysObtained returns the three ways.
func WaysObtained() []Obtained { return []Obtained{TakenByAssessor, WatchedLive, ProvidedByEntity} }

// ParseObtained reads one of the three ways, or its first word.
func ParseObtained(text string) (Obtained, error) {
	said := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, o := range WaysObtained() {
		first, _, _ := strings.Cut(string(o), " ")
		if said == string(o) || said == first {
			return o, nil
		}
	}
	return "", fmt.Errorf("read how it was obtained: %.100q is none of the three: %s, %s, %s", text, TakenByAssessor, WatchedLive, ProvidedByEntity)
}

// Known reports whether it is one of the three ways.
func (o Obtained) Known() bool {
	return o == TakenByAssessor || o == WatchedLive || o == ProvidedByEntity
}

// Obtained is how items of the kind are obtained where nobody says otherwise: notes are
// the assessor's own, and files come from the entity.
func (k EvidenceKind) Obtained() Obtained {
	switch k {
	case InterviewEvidence:
		return TakenByAssessor
	case ObservationEvidence:
		return WatchedLive
	case OtherEvidence, DocumentEvidence, ScreenshotEvidence, ConfigurationEvidence:
	}
	return ProvidedByEntity
}
