package screen

import (
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Picture is an assessment as it stood at one moment, with everything derived that
// the screens show. It is made in a command and never changed, so that drawing a
// frame asks no rule and reads no file.
type Picture struct {
	Assessment *questionnaires.Assessment
	Progress   questionnaires.Progress
	Rows       []Row
	Problems   []questionnaires.Problem
	Seen       []questionnaires.TargetSeen  // the newest collection of each target, newest first
	Undoable   questionnaires.RequirementID // whose answer undo would take back; zero if none
	Redoable   questionnaires.RequirementID // whose answer redo would give again
	Outcome    questionnaires.Outcome
	Saved      time.Time
	Stage      stagePicture
	compared
	standing
	times
	keeping
	index map[questionnaires.RequirementID]int
}

// standing is what stands in the vault beside the answers.
type standing struct {
	Assessments []questionnaires.AssessmentDetails
	Own         []questionnaires.RecordedDefinition // questionnaires of an organisation's own, oldest first
	Analyses    []questionnaires.RiskAnalysis
	Acceptances []questionnaires.Acceptance
	Held        map[questionnaires.RequirementID][]questionnaires.Responsibility // by the platforms in use
	Platforms   []questionnaires.Platform                                        // in use
	Unsent      map[string]questionnaires.Unsent                                 // what the author began, by form
	Waiting     []questionnaires.ReviewNote                                      // review notes that wait for the author
	Undecided   string                                                           // of quarantined files, "" where there are none
}

// Row is one requirement with what was answered and what speaks for or against it.
type Row struct {
	Requirement questionnaires.Requirement
	Current     questionnaires.Revision
	Suggestion  questionnaires.Suggestion
	Problems    []questionnaires.Problem
	Answers     int  // ever given
	Unseen      bool // a check that may support an answer could not see what it needs
	Results     int  // results that may support or contradict
	Leads       int  // and those that are only worth a look
}

func newPicture(h *questionnaires.History, c *questionnaires.Catalogue, id questionnaires.ID, saved, now time.Time, author engine.Digest) (*Picture, error) {
	a, err := h.Assessment(c, id)
	if err != nil {
		return nil, err
	}
	runs, err := h.Runs()
	if err != nil {
		return nil, err
	}
	p := &Picture{
		Assessment: a, Progress: a.Progress(), Problems: a.ProblemsOn(a.DayAt(now)), Seen: newestOf(runs), Saved: saved,
		index: map[questionnaires.RequirementID]int{},
	}
	p.Since, p.Compared = questionnaires.ChangesOf(runs)
	if _, last, err := a.Undo(); err == nil {
		p.Undoable = last.Requirement
	}
	if _, last, err := a.Redo(); err == nil {
		p.Redoable = last.Requirement
	}
	p.Outcome = a.Outcome(a.DayAt(now))
	if p.standing, err = newStanding(h, a, p.Seen); err != nil {
		return nil, err
	}
	if p.times, err = newTimes(h, a, questionnaires.DayOf(now)); err != nil {
		return nil, err
	}
	if p.Unsent, err = a.Unsent(author); err != nil {
		return nil, err
	}
	p.Waiting, p.Undecided = a.NotesFor(author), questionnaires.UndecidedWords(h.Quarantined())
	if p.Stage, err = newStagePicture(a, len(p.Problems), a.DayAt(now), author); err != nil {
		return nil, err
	}
	if p.keeping, err = newKeepingOf(h, a); err != nil {
		return nil, err
	}
	for _, r := range a.Requirements() {
		p.index[r.ID] = len(p.Rows)
		p.Rows = append(p.Rows, newRow(a, r))
	}
	for _, problem := range p.Problems {
		if i, known := p.index[problem.Requirement]; known {
			p.Rows[i].Problems = append(p.Rows[i].Problems, problem)
		}
	}
	return p, nil
}

func newRow(a *questionnaires.Assessment, r questionnaires.Requirement) Row {
	row := Row{
		Requirement: r, Current: a.Current(r.ID), Suggestion: questionnaires.Suggest(r, a.LatestResults()),
		Answers: a.Answers(r.ID),
	}
	for _, p := range row.Suggestion.Procedures {
		row.Results += len(p.Why)
		row.Leads += len(p.Leads)
		for _, reason := range p.Why {
			row.Unseen = row.Unseen || reason.Evidence.Result.Unknown > 0
		}
	}
	return row
}

// newestOf keeps of each target what its newest collection saw.
func newestOf(runs []questionnaires.RecordedRun) []questionnaires.TargetSeen {
	var seen []questionnaires.TargetSeen
	known := map[string]bool{}
	for i := len(runs) - 1; i >= 0; i-- {
		for _, target := range runs[i].Targets {
			if !known[target.Target.ID] {
				known[target.Target.ID] = true
				seen = append(seen, target)
			}
		}
	}
	return seen
}

// Row returns the row of a requirement; the zero Row if the form does not ask it.
func (p *Picture) Row(id questionnaires.RequirementID) Row {
	if i, known := p.index[id]; known {
		return p.Rows[i]
	}
	return Row{}
}
