package reports

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Dossier is everything that a report is composed of: one assessment as its history
// tells it, and of the evidence what has to stand on paper.
type Dossier struct {
	Kind       Kind
	Assessment *questionnaires.Assessment
	Scope      questionnaires.Scope
	Items      []Item     // every item that is current or cited, by number
	Targets    []Target   // the newest collection of each target, by id
	Segments   []Segments // of those that are clusters in which something runs
	Risks      Risks
	Moves      []questionnaires.Move           // from form to form, oldest first
	Confirmed  []questionnaires.Responsibility // who answers for what on managed platforms
	Rules      *questionnaires.EligibilityRules
	Date       time.Time
	Edition    Edition
}

// Risks is what was analysed and accepted in the whole vault.
type Risks struct {
	Analyses    []questionnaires.RiskAnalysis // by requirement
	Acceptances []questionnaires.Acceptance   // oldest first
}

// Item is an item of evidence with where it came from.
type Item struct {
	questionnaires.Evidence
	// Seen is the collection it rests on; the zero value for a file.
	Seen questionnaires.TargetSeen
	// Author is who brought it into the vault.
	Author questionnaires.Author
	// Details are those of the result that are no pass; nil for a file, and for what
	// was expunged.
	Details []engine.Detail
	// Replaced marks a result of which a newer one exists.
	Replaced bool
	// Proof is what the binder shows of it; nil elsewhere, and behind its limit.
	Proof *Proof
}

// Target is what was seen of one target, and what was not.
type Target struct {
	engine.Target
	Seen        questionnaires.TargetSeen
	Asked       []engine.Kind // empty is every kind
	Populations []engine.Population
	Gaps        []engine.Gap
	Redacted    map[string]int
	Namespaces  []string // those that were seen, of a cluster
}

// Load reads the dossier of one assessment. A zero date stands for the time of the
// assessment's head. A date before the day of the newest entry is refused: a report
// is never older than what it reports. Of one that was issued it reads the issued
// version, as LoadVersion does.
func Load(ctx context.Context, source Source, catalogue *questionnaires.Catalogue, id questionnaires.ID, date time.Time) (Dossier, error) {
	a, err := assessmentOf(ctx, source, catalogue, id)
	if err == nil {
		a, err = current(a, date)
	}
	if err != nil {
		return Dossier{}, fmt.Errorf("load dossier: %w", err)
	}
	return load(ctx, source, catalogue, a, date)
}

// load reads the dossier of an assessment as its own history tells it.
func load(ctx context.Context, source Source, catalogue *questionnaires.Catalogue, a *questionnaires.Assessment, date time.Time) (d Dossier, err error) {
	history := a.History()
	d = Dossier{Assessment: a, Date: date.UTC()}
	if date.IsZero() {
		d.Date = a.Time.UTC()
	}
	if day(d.Date).Before(day(a.Time)) {
		return Dossier{}, fmt.Errorf("load dossier: dated %s, and the newest entry is of %s: a report is never older than its evidence",
			isoDay(d.Date), isoDay(a.Time))
	}
	if d.Scope, err = history.Scope(); err != nil {
		return Dossier{}, fmt.Errorf("load dossier: %w", err)
	}
	if err := d.loadEdition(); err != nil {
		return Dossier{}, fmt.Errorf("load dossier: %w", err)
	}
	if err := d.loadRecords(history, catalogue); err != nil {
		return Dossier{}, fmt.Errorf("load dossier: %w", err)
	}
	if err := d.loadEvidence(ctx, source, history); err != nil {
		return Dossier{}, fmt.Errorf("load dossier: %w", err)
	}
	for _, item := range d.Items {
		if day(item.Collected).After(day(d.Date)) {
			return Dossier{}, fmt.Errorf("load dossier: dated %s, and %s is of %s: a report is never older than its evidence",
				isoDay(d.Date), item.Label(), isoDay(item.Collected))
		}
	}
	return d, nil
}

// loadRecords reads what stands beside the answers.
func (d *Dossier) loadRecords(history *questionnaires.History, catalogue *questionnaires.Catalogue) (err error) {
	if d.Risks.Analyses, err = history.RiskAnalyses(); err != nil {
		return err
	}
	if d.Risks.Acceptances, err = history.Acceptances(); err != nil {
		return err
	}
	if d.Moves, err = d.Assessment.Moves(); err != nil {
		return err
	}
	responsibilities, err := history.Responsibilities(catalogue)
	if err != nil {
		return err
	}
	d.Confirmed, d.Rules = responsibilities.Confirmed(), catalogue.Eligibility()
	return nil
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

func isoDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// loadEvidence fills Items and Targets.
func (d *Dossier) loadEvidence(ctx context.Context, source Source, history *questionnaires.History) error {
	seen, err := collections(history)
	if err != nil {
		return err
	}
	for _, e := range d.chosen() {
		item := Item{Evidence: e.Evidence, Replaced: e.Replaced}
		item.Author, _ = history.Author(e.Evidence.Author)
		if r := e.Result; r != nil {
			item.Seen = seen[r.Snapshot]
			if e.Expunged != nil {
				d.Items = append(d.Items, item)
				continue
			}
			result, err := r.Read(source.Documents(ctx))
			if err != nil {
				return fmt.Errorf("read %s: %w", e.Label(), err)
			}
			item.Details = notPassed(result.Details)
		}
		d.Items = append(d.Items, item)
	}
	return d.loadTargets(ctx, source, seen)
}

// chosen returns the evidence that the report lists: what is current, and what an
// answer or the scope cites even if a newer result exists.
func (d *Dossier) chosen() []Item {
	items := map[questionnaires.ID]Item{}
	for _, e := range d.Assessment.LatestEvidence() {
		items[e.ID] = Item{Evidence: e}
	}
	cited := d.Scope.Cited()
	for _, r := range d.Assessment.Requirements() {
		cited = append(cited, d.Assessment.Current(r.ID).Cited()...)
	}
	for _, id := range cited {
		if _, listed := items[id]; listed {
			continue
		}
		if e, known := d.Assessment.Evidence(id); known {
			items[id] = Item{Evidence: e, Replaced: true}
		}
	}
	all := make([]Item, 0, len(items))
	for _, item := range items {
		all = append(all, item)
	}
	slices.SortFunc(all, func(a, b Item) int { return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID)) })
	return all
}

// collections returns what the history says of every snapshot.
func collections(history *questionnaires.History) (map[engine.Digest]questionnaires.TargetSeen, error) {
	runs, err := history.Runs()
	if err != nil {
		return nil, err
	}
	seen := map[engine.Digest]questionnaires.TargetSeen{}
	for _, run := range runs {
		for _, t := range run.Targets {
			seen[t.Snapshot] = t
		}
	}
	return seen, nil
}

func notPassed(details []engine.Detail) []engine.Detail {
	var left []engine.Detail
	for _, d := range details {
		if d.Verdict == engine.Fail || d.Verdict == engine.Unknown {
			left = append(left, d)
		}
	}
	return left
}

// loadTargets reads of each target the collection that ended last.
func (d *Dossier) loadTargets(ctx context.Context, source Source, seen map[engine.Digest]questionnaires.TargetSeen) error {
	newest := map[string]questionnaires.TargetSeen{}
	for _, t := range seen {
		before, known := newest[t.Target.ID]
		if !known || cmp.Or(t.Ended.Compare(before.Ended), cmp.Compare(t.Snapshot.String(), before.Snapshot.String())) > 0 {
			newest[t.Target.ID] = t
		}
	}
	for _, id := range sortedKeys(newest) {
		t := newest[id]
		s, err := snapshotOf(ctx, source, t)
		if err != nil {
			return err
		}
		target := Target{Target: s.Target, Seen: t, Asked: s.Asked, Populations: s.Populations, Gaps: s.Gaps, Redacted: s.Redacted}
		for _, e := range s.Entries {
			if e.Ref.Group == "" && e.Ref.Kind == "Namespace" {
				target.Namespaces = append(target.Namespaces, e.Ref.Name)
			}
		}
		d.Targets = append(d.Targets, target)
		d.loadSegments(ctx, source, &s)
	}
	return nil
}

// loadSegments analyses the network of a cluster in which something runs.
func (d *Dossier) loadSegments(ctx context.Context, source Source, s *engine.Snapshot) {
	if n := networkOf(s, source.Documents(ctx), d.Scope.Params(d.Date)); len(n.Analysis.Workloads()) > 0 {
		d.Segments = append(d.Segments, n.Segments)
	}
}
