package questionnaires

import (
	"slices"

	"tickmark/engine"
)

// bearing is which sections an entry of an action bears on.
type bearing int

// The bearings.
const (
	onNothing bearing = iota // on no section: who is enrolled, what was printed, reviews themselves
	onAll
	onAnswered // the section of the requirement that is answered
	onAttached // the evidence, and the sections of what it was attached to
	onExpunged // the evidence, and the sections whose answers cite it
	onCited    // the evidence, and the sections whose answers cite it
	onActivity // the records, and the sections of the requirements that it serves
	onCarried  // the sections of what was confirmed
	onAnalysed // the records, and the section of the requirement whose frequency is set
	onEngagement
	onScope
	onEvidence
	onRecords
)

// home reports whether work of this bearing counts as done in a section. A file is
// brought to the evidence, whatever it is attached to; where it is cited is another
// matter. The form belongs to the scope.
func (b bearing) home(s Section) bool {
	switch b {
	case onAll:
		return s == ScopeSection
	case onAnswered:
		return true
	case onNothing, onAttached, onExpunged, onCited, onActivity, onCarried, onAnalysed, onEngagement, onScope, onEvidence, onRecords:
	}
	return s.Principal().IsZero()
}

// deed is what an entry of an action is to reviews: what it bears on, and whether who
// wrote it did a part of the work, which that person does not review.
type deed struct {
	bears bearing
	work  string // what its author did, in words; "" where it is no part of the work
}

// deeds are those of every action. Asking for evidence, deciding on it and approving
// are no part of the work; answering, collecting and bringing evidence are, and so is
// whatever else the report says.
var deeds = map[Action]deed{
	NoAction:                {},
	VaultCreated:            {},
	AuthorEnrolled:          {},
	AssessmentCreated:       {},
	ScopeSet:                {onScope, "set the scope"},
	RunRecorded:             {onEvidence, "collected evidence"},
	EvidenceAttached:        {onAttached, "brought evidence"},
	AnswerGiven:             {onAnswered, "answered in it"},
	ConclusionRecorded:      {onEngagement, "recorded the conclusion"},
	EvidenceExpunged:        {onExpunged, ""},
	RecipientsChanged:       {},
	HandedOff:               {},
	EntriesLost:             {onAll, ""},
	EligibilityRecorded:     {onScope, "answered which form fits"},
	QuestionnaireChanged:    {onAll, "chose the form"},
	ResponsibilityConfirmed: {onScope, "confirmed who answers for what"},
	RiskAnalysisSet:         {onAnalysed, "wrote a risk analysis"},
	AcceptanceAsked:         {onEvidence, "asked to accept a result"},
	AcceptanceApproved:      {onEvidence, ""},
	AcceptanceEnded:         {onEvidence, ""},
	QuestionnaireDefined:    {},
	LicensedTextSet:         {},
	EngagementSet:           {onEngagement, "set the engagement"},
	RequestAsked:            {onEvidence, ""},
	RequestChanged:          {onEvidence, ""},
	RequestReceived:         {onEvidence, "received evidence"},
	RequestAccepted:         {onEvidence, ""},
	RequestReturned:         {onEvidence, ""},
	ActivityRecorded:        {onActivity, "recorded an activity"},
	ChangeRecorded:          {onRecords, "recorded a significant change"},
	EvidenceDescribed:       {onCited, "described evidence"},
	FreshnessSet:            {onEvidence, "set for how long evidence counts"},
	NoteRaised:              {},
	NoteAnswered:            {},
	NoteClosed:              {},
	StageMoved:              {},
	SectionReviewed:         {},
	AnswersAcknowledged:     {},
	AssessmentIssued:        {},
	AmendmentOpened:         {onEngagement, ""},
	EvidenceReleased:        {onCited, "decided on a quarantined file"},
	RetentionSet:            {},
	HoldSet:                 {},
	VaultArchived:           {},
	PopulationListed:        {onEvidence, "listed a population"},
	SampleRecorded:          {onEvidence, "recorded a sample"},
	CarriedConfirmed:        {onCarried, "confirmed what was carried"},
}

// labour is a part of the work that somebody did: in a section, or anywhere where
// that is "".
type labour struct {
	section Section
	entry   engine.Digest
	words   string
}

// touched is all that bears on the sections of an assessment, and who did the work.
type touched struct {
	of      map[Section][]Entry
	labours map[engine.Digest][]labour // by author
}

// touches reads what bears on the sections, from every entry of the assessment and of
// the whole vault. What somebody collected or brought for another assessment counts:
// this one may rest on it.
func (a *Assessment) touches() (*touched, error) {
	t := &touched{of: map[Section][]Entry{}, labours: map[engine.Digest][]labour{}}
	cites, err := a.citings(t)
	if err != nil {
		return nil, err
	}
	attached := map[engine.Digest][]Section{}
	for _, item := range a.history.evidence {
		for _, id := range item.Requirements {
			attached[item.Entry] = append(attached[item.Entry], SectionOf(id))
		}
	}
	for _, e := range a.history.entries {
		d := deeds[e.Action]
		evidence := e.Action == RunRecorded || e.Action == EvidenceAttached
		if d.bears == onNothing || e.Assessment != "" && e.Assessment != a.Details.ID && !evidence {
			continue
		}
		sections, err := a.borne(e, d.bears, attached, cites)
		if err != nil {
			return nil, err
		}
		for _, s := range sections {
			t.of[s] = append(t.of[s], e)
			if d.work != "" && d.bears.home(s) {
				t.labours[e.Author] = append(t.labours[e.Author], labour{s, e.ID, d.work})
			}
		}
	}
	return t, nil
}

// borne are the sections that an entry bears on, each once.
func (a *Assessment) borne(e Entry, on bearing, attached map[engine.Digest][]Section, cites map[ID][]Section) ([]Section, error) {
	var sections []Section
	switch on {
	case onNothing:
	case onAll:
		sections = a.Sections()
	case onAnswered:
		id, err := ParseRequirementID(e.Subject)
		if err != nil {
			return nil, err
		}
		sections = []Section{SectionOf(id)}
	case onAttached:
		sections = append([]Section{EvidenceSection}, attached[e.ID]...)
	case onExpunged:
		var t Tombstone
		if err := a.history.read(e, &t); err != nil {
			return nil, err
		}
		sections = []Section{EvidenceSection}
		for _, item := range t.Items {
			sections = append(sections, cites[item.ID]...)
		}
	case onCited:
		var d struct { // described and released alike
			Evidence ID `json:"evidence"`
		}
		if err := a.history.read(e, &d); err != nil {
			return nil, err
		}
		sections = append([]Section{EvidenceSection}, cites[d.Evidence]...)
	case onActivity:
		var r Activity
		if err := a.history.read(e, &r); err != nil {
			return nil, err
		}
		sections = []Section{RecordsSection}
		for _, id := range r.Requirements {
			sections = append(sections, SectionOf(id))
		}
	case onCarried:
		var c CarriedConfirmation
		if err := a.history.read(e, &c); err != nil {
			return nil, err
		}
		for _, part := range c.Parts {
			sections = append(sections, part.section())
		}
	case onAnalysed:
		var r RiskAnalysis
		if err := a.history.read(e, &r); err != nil {
			return nil, err
		}
		sections = []Section{RecordsSection, SectionOf(r.Requirement)}
	case onEngagement:
		sections = []Section{EngagementSection}
	case onScope:
		sections = []Section{ScopeSection}
	case onEvidence:
		sections = []Section{EvidenceSection}
	case onRecords:
		sections = []Section{RecordsSection}
	}
	slices.Sort(sections)
	return slices.Compact(sections), nil
}

// citings returns in which sections each item of evidence was ever cited. Whoever
// brought what is cited in a section did a part of the work there.
func (a *Assessment) citings(t *touched) (map[ID][]Section, error) {
	cites := map[ID][]Section{}
	for _, e := range a.given.entries {
		r, err := a.history.revision(e)
		if err != nil {
			return nil, err
		}
		s := SectionOf(r.Requirement)
		for _, id := range r.Cited() {
			if item, known := a.Evidence(id); known {
				t.labours[item.Author] = append(t.labours[item.Author], labour{s, e.ID, "brought " + item.Label() + ", which is cited in it"})
			}
			if !slices.Contains(cites[id], s) {
				cites[id] = append(cites[id], s)
			}
		}
	}
	return cites, nil
}

// sight is what somebody saw who wrote an entry: its ancestors. The zero sight sees all.
type sight struct {
	h    *History
	upto engine.Digest
}

func (s sight) sees(id engine.Digest) bool { return s.upto.IsZero() || s.h.IsAncestor(id, s.upto) }

// enrolled counts the authors that were enrolled as far as one sees.
func (s sight) enrolled() int {
	n := 0
	for _, e := range s.h.EnrolledAuthors() {
		if e.Verified && s.sees(e.Entry) {
			n++
		}
	}
	return n
}

// hindered says why an author may not review a section in a stage, "" where nothing
// stands against it: in the lead review what one wrote in that section, in QA any part
// of the work.
func (t *touched) hindered(author engine.Digest, s Section, stage Stage, seen sight) string {
	for _, l := range t.labours[author] {
		if seen.sees(l.entry) && (l.section == s || stage == QualityReview) {
			return l.words
		}
	}
	return ""
}

// changed counts what bears on a section and was not seen by who wrote an entry.
func (t *touched) changed(s Section, since engine.Digest, seen sight) int {
	n := 0
	for _, other := range t.of[s] {
		if seen.sees(other.ID) && !seen.h.IsAncestor(other.ID, since) {
			n++
		}
	}
	return n
}
