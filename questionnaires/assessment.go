package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// AssessmentDetails is what makes an assessment: which form, of which period. It
// is the payload of the entry that creates it.
type AssessmentDetails struct {
	ID            ID     `json:"id"`
	Questionnaire string `json:"questionnaire"` // code
	Revision      string `json:"revision"`      // of the form
	// Definition is that of an organisation's own questionnaire, zero for PCI's forms.
	Definition engine.Digest `json:"definition,omitzero"`
	Name       string        `json:"name"` // how people tell it from the vault's others
	Service    string        `json:"service,omitempty"`
	From       time.Time     `json:"from,omitzero"` // first and last day of the period assessed
	To         time.Time     `json:"to,omitzero"`
	Prior      ID            `json:"prior,omitempty"` // last year's, which it was opened from
}

// NewAssessment returns the draft that creates an assessment in a vault.
func NewAssessment(catalogue *Catalogue, details AssessmentDetails) (Draft, error) {
	q, known := catalogue.Questionnaire(details.Questionnaire)
	if !known {
		return Draft{}, fmt.Errorf("new assessment: %q is no questionnaire (see `tickmark questionnaire list`)", details.Questionnaire)
	}
	details.Revision, details.Definition = q.Revision, q.Definition
	if details.Name == "" {
		details.Name = q.Title
	}
	if details.ID == "" {
		return Draft{}, errors.New("new assessment: it has no id")
	}
	for what, text := range map[string]string{"assessment's name": details.Name, "service": details.Service} {
		if err := CheckText(what, text, 200); err != nil {
			return Draft{}, err
		}
	}
	return Draft{Assessment: details.ID, Action: AssessmentCreated, Subject: "assessment " + string(details.ID), Payload: details}, nil
}

// Assessments returns the assessments of a vault, oldest first.
func (h *History) Assessments() ([]AssessmentDetails, error) {
	var all []AssessmentDetails
	for _, e := range h.entries {
		if e.Action != AssessmentCreated || h.founds(e.Assessment) != e.ID {
			continue
		}
		var details AssessmentDetails
		if err := h.read(e, &details); err != nil {
			return nil, err
		}
		all = append(all, details)
	}
	return all, h.moved(all)
}

// founds returns the entry that makes an assessment: the first by an enrolled author,
// or the first where nobody enrolled answers for one. Nobody makes one again.
func (h *History) founds(id ID) engine.Digest {
	var first engine.Digest
	for _, e := range h.entries {
		switch {
		case e.Action != AssessmentCreated || e.Assessment != id:
		case h.Verify(e.ID) == nil:
			return e.ID
		case first.IsZero():
			first = e.ID
		}
	}
	return first
}

// ErrNoAssessment is of a history in which none was begun.
var ErrNoAssessment = errors.New("the vault holds none")

// Choose returns the assessment that a name, id or beginning of an id means; ""
// means the only one there is.
func (h *History) Choose(name string) (ID, error) {
	all, err := h.Assessments()
	if err != nil {
		return "", err
	}
	var found []AssessmentDetails
	var names []string
	for _, a := range all {
		names = append(names, fmt.Sprintf("%s (%.8s)", a.Name, a.ID))
		if name == "" || a.Name == name || a.Questionnaire == name || (len(name) >= 4 && strings.HasPrefix(string(a.ID), name)) {
			found = append(found, a)
		}
	}
	switch {
	case len(all) == 0:
		return "", fmt.Errorf("choose assessment: %w", ErrNoAssessment)
	case len(found) == 1:
		return found[0].ID, nil
	case len(found) == 0:
		return "", fmt.Errorf("choose assessment %q: the vault holds %s", name, strings.Join(names, ", "))
	}
	return "", fmt.Errorf("choose assessment: the vault holds %s; name one", strings.Join(names, ", "))
}

// Runs returns what each recorded run says of its targets, oldest first.
func (h *History) Runs() ([]RecordedRun, error) {
	var runs []RecordedRun
	for _, e := range h.entries {
		if e.Action != RunRecorded {
			continue
		}
		var run RecordedRun
		if err := h.read(e, &run); err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// LatestTargets returns what the newest collection of each target says of it, in the
// order in which they were first collected.
func (h *History) LatestTargets() ([]TargetSeen, error) {
	runs, err := h.Runs()
	if err != nil {
		return nil, err
	}
	var all []TargetSeen
	at := map[string]int{}
	for _, run := range runs {
		for _, seen := range run.Targets {
			if i, known := at[seen.Target.ID]; known {
				all[i] = seen
				continue
			}
			at[seen.Target.ID] = len(all)
			all = append(all, seen)
		}
	}
	return all, nil
}

// LatestTarget returns what the newest collection of a target says of it.
func (h *History) LatestTarget(id string) (TargetSeen, bool, error) {
	all, err := h.LatestTargets()
	if i := slices.IndexFunc(all, func(t TargetSeen) bool { return t.Target.ID == id }); i >= 0 {
		return all[i], true, err
	}
	return TargetSeen{}, false, err
}

// Assessment is one assessment of a vault as its history tells it: a value that
// is not changed, and whose methods hold the rules. What changes something
// returns a Draft to be signed.
type Assessment struct {
	Details       AssessmentDetails
	Entity        string
	Questionnaire Questionnaire
	Head          engine.Digest // of the entries that concern it
	Time          time.Time     // the latest among them
	Conclusion    Conclusion    // what a named person concluded; zero if nobody did
	catalogue     *Catalogue
	history       *History
	given         answerRecord
	form          formRecord  // which form it is, and why
	scope         scopeRecord // what it looks at, and who does
	shared        sharedRecord
	stages        *stageRecord
	rules         int // of an issue that it is held against; 0: those of its stage
}

// sharedRecord is what the vault says for all its assessments.
type sharedRecord struct {
	analyses map[RequirementID][]RiskAnalysis
	parties  *Responsibilities // who answers for what on managed platforms
	limits   FreshnessLimits   // for how long each kind of evidence counts
}

// answerRecord is what an assessment's history says of its answers.
type answerRecord struct {
	entries  []Entry // every one, oldest first
	to       map[RequirementID][]Entry
	standing map[RequirementID][]Revision // those that no other follows
	subtrees bool                         // whether one of them is for all below an id
}

// Assessment derives one assessment from the history.
func (h *History) Assessment(catalogue *Catalogue, id ID) (*Assessment, error) {
	h.checkAhead()
	a := &Assessment{
		Entity: h.entity, catalogue: catalogue, history: h, given: answerRecord{to: map[RequirementID][]Entry{}},
		form:   formRecord{created: h.founds(id), year: &yearRecord{}},
		stages: &stageRecord{},
	}
	for _, e := range h.entries {
		if e.Assessment != id {
			continue
		}
		if err := a.take(e); err != nil {
			return nil, err
		}
	}
	if a.Details.ID == "" {
		return nil, fmt.Errorf("open assessment %s: the vault does not hold it", id)
	}
	if err := errors.Join(a.settleForm(), a.settleConclusion()); err != nil {
		return nil, err
	}
	if err := a.stand(); err != nil {
		return nil, err
	}
	analyses, err := h.RiskAnalyses()
	if err != nil {
		return nil, err
	}
	a.shared.analyses = map[RequirementID][]RiskAnalysis{}
	for _, analysis := range analyses {
		a.shared.analyses[analysis.Requirement] = append(a.shared.analyses[analysis.Requirement], analysis)
	}
	if a.shared.limits, err = h.FreshnessLimits(id); err != nil {
		return nil, err
	}
	if a.shared.parties, err = h.Responsibilities(catalogue); err != nil {
		return nil, err
	}
	if _, _, err := h.Requests(); err != nil {
		return nil, err
	}
	if _, _, err := h.ReviewNotes(); err != nil {
		return nil, err
	}
	a.Head, a.Time = h.assessmentHead(id)
	return a, errors.Join(a.readScope(), a.readSampling())
}

// take adds what one entry of the assessment says.
func (a *Assessment) take(e Entry) error {
	switch e.Action {
	case AssessmentCreated:
		if e.ID == a.form.created {
			a.form.year.begun = e
			return a.history.read(e, &a.Details)
		}
	case ConclusionRecorded, StageMoved, SectionReviewed, AnswersAcknowledged, AssessmentIssued, AmendmentOpened:
		a.takeStage(e)
	case AnswerGiven:
		id, err := ParseRequirementID(e.Subject)
		if err != nil {
			return fmt.Errorf("read answer %s: %w", e.ID.Short(), err)
		}
		a.given.entries = append(a.given.entries, e)
		a.given.to[id] = append(a.given.to[id], e)
	case EligibilityRecorded, QuestionnaireChanged:
		a.takeForm(e)
	case CarriedConfirmed:
		a.form.year.confirmed = append(a.form.year.confirmed, e)
	case EngagementSet:
		a.scope.engaged = append(a.scope.engaged, e)
	case PopulationListed, SampleRecorded:
		a.scope.sampled.entries = append(a.scope.sampled.entries, e)
	default: // says nothing of it
	}
	return nil
}

// assessmentHead returns the head over the tips among the entries that concern an
// assessment (its own, and those of the whole vault: scope, evidence, authors),
// and the latest time among them.
func (h *History) assessmentHead(id ID) (engine.Digest, time.Time) {
	concerns := func(e Entry) bool { return e.Assessment == id || e.Assessment == "" }
	var latest time.Time
	for _, e := range h.entries {
		if concerns(e) && e.Time.After(latest) {
			latest = e.Time
		}
	}
	return headOf(h.concerned(h.tips, concerns)), latest
}

// Requirements returns what the questionnaire asks, in order.
func (a *Assessment) Requirements() []Requirement {
	all := make([]Requirement, 0, len(a.Questionnaire.Requirements))
	for _, id := range a.Questionnaire.Requirements {
		if r, known := a.catalogue.Requirement(id); known {
			all = append(all, r)
		}
	}
	return all
}

// PrincipalTitle returns the title of a principal requirement.
func (a *Assessment) PrincipalTitle(id RequirementID) string { return a.catalogue.PrincipalTitle(id) }

// History is what the assessment was derived from.
func (a *Assessment) History() *History { return a.history }

// Revisions returns every answer ever given to a requirement, oldest first.
func (a *Assessment) Revisions(id RequirementID) ([]Revision, error) {
	var all []Revision
	for _, e := range a.given.to[id] {
		r, err := a.history.revision(e)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// Answers is how many answers were ever given to a requirement.
func (a *Assessment) Answers(id RequirementID) int { return len(a.given.to[id]) }

// revision reads an answer. A history remembers what it read.
func (h *History) revision(e Entry) (Revision, error) {
	author, _ := h.Author(e.Author)
	r := Revision{Entry: e.ID, Author: author, Time: e.Time}
	if read, known := h.known.answers.Load(e.ID); known {
		r.Answer, _ = read.(Answer)
		return r, nil
	}
	if err := h.read(e, &r.Answer); err != nil {
		return r, err
	}
	if named := r.Requirement.String(); named != e.Subject {
		return r, fmt.Errorf("read answer %s: it is signed as one to %s and answers %s", e.ID.Short(), e.Subject, named)
	}
	h.known.answers.Store(e.ID, r.Answer)
	return r, nil
}

// Conflicts returns the answers that stand beside each other, none if there is at
// most one.
func (a *Assessment) Conflicts(id RequirementID) []Revision {
	if standing := a.given.standing[id]; len(standing) > 1 {
		return standing
	}
	return nil
}

// stand reads the answers that no other follows.
func (a *Assessment) stand() error {
	a.given.standing = make(map[RequirementID][]Revision, len(a.given.to))
	for id, given := range a.given.to {
		for i, e := range given {
			followed := slices.ContainsFunc(given[i+1:], func(later Entry) bool { return a.history.IsAncestor(e.ID, later.ID) })
			if followed {
				continue
			}
			r, err := a.history.revision(e)
			if err != nil {
				return err
			}
			a.given.standing[id] = append(a.given.standing[id], r)
			a.given.subtrees = a.given.subtrees || r.Subtree
		}
	}
	return nil
}

// Evidence returns an item of evidence by its id.
func (a *Assessment) Evidence(id ID) (Evidence, bool) {
	return a.history.item(id)
}

// EvidenceByLabel returns the item that people call Evidence-7, or by a number it
// was once given or printed with.
func (a *Assessment) EvidenceByLabel(label string) (Evidence, error) {
	return a.history.EvidenceByLabel(label)
}

// LatestEvidence returns the newest result per target and check, and every file. The
// slice must not be changed.
func (a *Assessment) LatestEvidence() []Evidence { return a.history.latestEvidence() }

// LatestResults returns the newest result per target and check. The slice must not be
// changed.
func (a *Assessment) LatestResults() []Evidence { return a.history.latestResults() }
