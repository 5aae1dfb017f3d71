package questionnaires

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// stageReading holds the entries of an assessment against the rules of issuing once
// more: by sets of ancestors, on payloads as anybody reads them, and without a line of
// the program's own reading.
type stageReading struct {
	t      *testing.T
	h      *History
	c      *Catalogue
	id     ID
	roc    bool
	all    map[engine.Digest]Entry
	above  map[engine.Digest]map[engine.Digest]bool // ancestors
	lawful map[engine.Digest]bool
	of     map[engine.Digest]float64 // the version in which a move was made
}

func readStages(t *testing.T, a *Assessment) *stageReading {
	r := &stageReading{
		t: t, h: a.history, c: a.form.standard, id: a.Details.ID, roc: a.Questionnaire.Code == "roc", all: map[engine.Digest]Entry{},
		above: map[engine.Digest]map[engine.Digest]bool{}, lawful: map[engine.Digest]bool{}, of: map[engine.Digest]float64{},
	}
	for _, e := range a.history.entries { // parents first
		r.all[e.ID], r.above[e.ID] = e, map[engine.Digest]bool{}
		for _, p := range e.Parents {
			r.above[e.ID][p] = true
			maps.Copy(r.above[e.ID], r.above[p])
		}
		if e.Assessment == a.Details.ID {
			r.lawful[e.ID] = r.judge(e)
		}
	}
	return r
}

func (r *stageReading) payload(e Entry) tree {
	body, err := r.h.payloads(e)
	require.NoError(r.t, err)
	var p tree
	require.NoError(r.t, json.Unmarshal(body, &p))
	return p
}

// among are the entries of an action in a set that an enrolled author signed.
func (r *stageReading) among(set map[engine.Digest]bool, actions ...Action) []Entry {
	var found []Entry
	for id := range set {
		e := r.all[id]
		if slices.Contains(actions, e.Action) && (e.Assessment == r.id || e.Assessment == "") && r.h.Verify(id) == nil {
			found = append(found, e)
		}
	}
	return found
}

// version and stage are those of a set.
func (r *stageReading) at(set map[engine.Digest]bool) (version float64, stage string) {
	version, stage = 1, "fieldwork"
	for _, e := range r.among(set, AmendmentOpened) {
		if r.lawful[e.ID] {
			version = max(version, r.payload(e)["version"].(float64))
		}
	}
	last := map[engine.Digest]Entry{}
	for _, e := range r.among(set, StageMoved, AssessmentIssued, AmendmentOpened) {
		if r.lawful[e.ID] && r.versionOf(e) == version {
			last[e.ID] = e
		}
	}
	if slices.ContainsFunc(slices.Collect(maps.Values(last)), func(e Entry) bool { return e.Action == AssessmentIssued }) {
		return version, "issued"
	}
	order := []string{"fieldwork", "lead-review", "qa"}
	lowest := len(order)
	for id, e := range last {
		followed := false
		for other := range last {
			followed = followed || r.above[other][id]
		}
		if to := text(r.payload(e), "to"); !followed && e.Action == StageMoved {
			lowest = min(lowest, slices.Index(order, to))
		} else if !followed {
			lowest = 0
		}
	}
	if lowest < len(order) {
		stage = order[lowest]
	}
	return version, stage
}

func (r *stageReading) versionOf(e Entry) float64 {
	if e.Action == StageMoved {
		return r.of[e.ID]
	}
	version, _ := r.payload(e)["version"].(float64)
	return version
}

// judge says whether a step counts.
func (r *stageReading) judge(e Entry) bool {
	if r.h.Verify(e.ID) != nil {
		return false
	}
	p, set := r.payload(e), r.above[e.ID]
	version, stage := r.at(set)
	r.of[e.ID] = version
	reason := text(p, "reason")
	switch e.Action {
	case StageMoved:
		switch stage + " to " + text(p, "to") {
		case "fieldwork to lead-review":
			return true
		case "lead-review to qa":
			return r.passed(set, "lead-review")
		case "lead-review to fieldwork", "qa to fieldwork":
			return reason != ""
		}
		return false
	case SectionReviewed:
		return text(p, "stage") == stage && (stage == "lead-review" || stage == "qa") && r.filled(p)
	case AmendmentOpened:
		return stage == "issued" && p["version"] == version+1 && reason != ""
	case AssessmentIssued:
		return p["version"] == version && r.mayIssue(e, p, set, stage)
	default:
		return true
	}
}

// filled says whether a review is whole: a pass has its checklist, a return its reason.
func (r *stageReading) filled(p tree) bool {
	if text(p, "verdict") == "return" {
		return text(p, "reason") != ""
	}
	done := 0
	for _, item := range list(p, "checklist") {
		if state := text(item.(tree), "state"); state != "yes" && state != "not-applicable" {
			return false
		}
		done++
	}
	return text(p, "verdict") == "pass" && text(p, "reason") == "" && done == len(Section(text(p, "section")).Checklist())
}

func (r *stageReading) mayIssue(e Entry, p tree, set map[engine.Digest]bool, stage string) bool {
	var main []Entry
	for id := range set {
		main = append(main, r.all[id])
	}
	h, err := NewHistory(main, r.h.payloads)
	require.NoError(r.t, err)
	h.known = r.h.known
	a, err := h.Assessment(r.c, r.id)
	require.NoError(r.t, err)
	head, err := h.AssessmentHead(r.id)
	require.NoError(r.t, err)
	broken := slices.DeleteFunc(a.Problems(), func(p Problem) bool { return p.Kind == NotIssued })
	if len(broken) > 0 || r.unseen(set) || head.String() != text(p, "head") || text(p, "day") != string(DayOf(e.Time)) {
		return false
	}
	concluded := r.among(set, ConclusionRecorded)
	if len(concluded) == 0 || a.Conclusion.Result != text(p, "conclusion", "result") {
		return false
	}
	if !r.passed(set, "lead-review") {
		return false
	}
	if r.roc {
		return stage == "qa" && r.passed(set, "qa") && r.worked(set, e.Author, "") == 0
	}
	return (stage == "lead-review" || stage == "qa" && r.passed(set, "qa")) && r.acknowledged(set)
}

// unseen says whether somebody issued it past the rules and nobody took a step since.
func (r *stageReading) unseen(set map[engine.Digest]bool) bool {
	for _, e := range r.among(set, AssessmentIssued) {
		followed := r.lawful[e.ID]
		for _, later := range r.among(set, StageMoved, AssessmentIssued, AmendmentOpened) {
			followed = followed || r.lawful[later.ID] && r.above[later.ID][e.ID]
		}
		if !followed {
			return true
		}
	}
	return false
}

func (r *stageReading) acknowledged(set map[engine.Digest]bool) bool {
	for _, e := range r.among(set, AnswersAcknowledged) {
		p := r.payload(e)
		good := len(list(p, "statements")) == len(statements) && text(p, "name") != "" && text(p, "title") != "" && text(p, "day") != "" && text(p, "day") <= string(DayOf(e.Time))
		for id := range set {
			said := slices.Contains([]Action{AnswerGiven, ConclusionRecorded, EngagementSet, AmendmentOpened}, r.all[id].Action)
			good = good && !(said && !r.above[e.ID][id])
		}
		if good {
			return true
		}
	}
	return false
}

// section is where an entry of the random engagement belongs, "" where nowhere.
func (r *stageReading) section(e Entry) string {
	switch e.Action {
	case AnswerGiven:
		principal, _, _ := strings.Cut(e.Subject, ".")
		return "requirement-" + principal
	case EvidenceAttached, RequestAsked, RequestReceived:
		return "evidence"
	case ConclusionRecorded, EngagementSet, AmendmentOpened:
		return "engagement"
	default:
		return ""
	}
}

// worked counts what an author did of the work: in a section, or anywhere for "".
func (r *stageReading) worked(set map[engine.Digest]bool, author engine.Digest, section string) int {
	n := 0
	brought := map[string]bool{}
	for id := range set {
		if e := r.all[id]; e.Action == EvidenceAttached && e.Author == author {
			brought[text(r.payload(e), "id")] = true
		}
	}
	for id := range set {
		e := r.all[id]
		work := !slices.Contains([]Action{RequestAsked, AmendmentOpened}, e.Action) && r.section(e) != ""
		if work && e.Author == author && (section == "" || r.section(e) == section) {
			n++
		}
		if e.Action != AnswerGiven || section != "" && r.section(e) != section {
			continue
		}
		p := r.payload(e)
		cited := slices.Clone(list(p, "evidence"))
		for _, found := range list(p, "procedures") {
			cited = append(cited, list(found.(tree), "references")...)
		}
		for _, id := range cited {
			if brought[id.(string)] {
				n++
			}
		}
	}
	return n
}

// passed says whether every section was passed in a stage, as a set tells it.
func (r *stageReading) passed(set map[engine.Digest]bool, stage string) bool {
	enrolled := 0
	for id := range set {
		if e := r.all[id]; (e.Action == AuthorEnrolled || e.Action == VaultCreated) && r.h.Verify(id) == nil {
			enrolled++
		}
	}
	for _, section := range []string{"engagement", "scope", "evidence", "records", "requirement-1", "requirement-2"} {
		var counts []Entry
		for _, e := range r.among(set, SectionReviewed) {
			p := r.payload(e)
			if !r.lawful[e.ID] || text(p, "section") != section || text(p, "stage") != stage {
				continue
			}
			alone := !r.roc && enrolled == 1
			if stage == "lead-review" && (alone || r.worked(set, e.Author, section) == 0) || stage == "qa" && r.worked(set, e.Author, "") == 0 {
				counts = append(counts, e)
			}
		}
		good := 0
		for _, e := range counts {
			if slices.ContainsFunc(counts, func(later Entry) bool { return r.above[later.ID][e.ID] }) {
				continue
			}
			good++
			for id := range set {
				if text(r.payload(e), "verdict") != "pass" || r.section(r.all[id]) == section && !r.above[e.ID][id] {
					return false
				}
			}
		}
		if good == 0 {
			return false
		}
	}
	return true
}
