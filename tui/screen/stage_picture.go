package screen

import (
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// stagePicture is how far the assessment is on its way to being issued.
type stagePicture struct {
	Now      questionnaires.StageStanding
	Sections []questionnaires.SectionStanding
	Before   []questionnaires.Hindrance // the issue; none where it is issued
	Versions []questionnaires.IssuedVersion
	Since    []questionnaires.Aftermath // what came after the issue
	Amending []string
	Refused  []questionnaires.RefusedStep
	NotMine  map[questionnaires.Section]string // why the author may not review a section
	Waiting  []waitingLine
}

// waitingLine is something that waits for the person at the desk.
type waitingLine struct {
	place string
	sign  sign
	text  string
}

func newStagePicture(a *questionnaires.Assessment, problems int, day questionnaires.Day, author engine.Digest) (s stagePicture, err error) {
	if s.Now, err = a.Stage(); err != nil {
		return s, err
	}
	if s.Sections, err = a.SectionStandings(); err != nil {
		return s, err
	}
	if s.Versions, err = a.Versions(); err != nil {
		return s, err
	}
	if s.Since, err = a.SinceIssue(day); err != nil {
		return s, err
	}
	if s.Amending, err = a.Amending(); err != nil {
		return s, err
	}
	if s.Refused, err = a.RefusedSteps(); err != nil {
		return s, err
	}
	if s.Now.Stage != questionnaires.Issued {
		if s.Before, err = a.HindrancesBeside(problems); err != nil {
			return s, err
		}
	}
	if s.reviewed() {
		s.NotMine = map[questionnaires.Section]string{}
		for _, section := range s.Sections {
			if why := a.MayReview(section.Section, author); why != nil {
				s.NotMine[section.Section] = why.Error()
			}
		}
	}
	s.Waiting = s.waits(a, problems)
	return s, nil
}

// reviewed reports whether sections are reviewed now.
func (s stagePicture) reviewed() bool {
	return s.Now.Stage == questionnaires.LeadReview || s.Now.Stage == questionnaires.QualityReview
}

// review is a section's review in the stage that is or was the last one.
func (s stagePicture) review(section questionnaires.SectionStanding) questionnaires.ReviewStanding {
	if s.Now.Stage == questionnaires.QualityReview || s.Now.Stage == questionnaires.Issued && section.QA.State != questionnaires.NotReviewed {
		return section.QA
	}
	return section.Lead
}

// passed counts the sections that passed in that stage.
func (s stagePicture) passed() int {
	n := 0
	for _, section := range s.Sections {
		if s.review(section).State == questionnaires.SectionPassed {
			n++
		}
	}
	return n
}

// line is the stage in a line.
func (s stagePicture) line() string {
	text := s.Now.Stage.Title() + ", version " + thousands(s.Now.Version)
	switch {
	case s.Now.Stage == questionnaires.Issued:
		return text + ", on " + string(questionnaires.DayOf(s.Now.Time)) + " by " + theme.Clean(s.Now.By.Name)
	case s.reviewed():
		return text + ", " + thousands(s.passed()) + " of " + count(len(s.Sections), "section", "sections") + " passed"
	case len(s.Amending) > 0:
		return text + ": " + theme.Clean(s.Amending[0])
	case s.Now.Reason != "":
		return text + ", returned: " + theme.Clean(s.Now.Reason)
	}
	return text
}

// waits lists what waits for somebody: what came since the issue, sections that were
// returned, and those that are theirs to review.
func (s stagePicture) waits(a *questionnaires.Assessment, problems int) []waitingLine {
	var all []waitingLine
	for _, since := range s.Since {
		place := "issued"
		if !since.Requirement.IsZero() {
			place = since.Requirement.String()
		}
		all = append(all, waitingLine{place, sign{"!", "since issue", theme.Warning}, since.Sentence})
	}
	if s.Now.Stage == questionnaires.Issued {
		return all
	}
	var mine []string
	for _, section := range s.Sections {
		r := s.review(section)
		place := strings.TrimPrefix(string(section.Section), "requirement-")
		switch r.State {
		case questionnaires.SectionReturned:
			all = append(all, waitingLine{place, sign{"✗", "returned", theme.Warning}, r.Reason})
		case questionnaires.NotReviewed, questionnaires.SectionChanged:
			if s.reviewed() && s.NotMine[section.Section] == "" {
				mine = append(mine, section.Title)
			}
		case questionnaires.SectionPassed:
		}
	}
	if len(mine) > 0 {
		all = append(all, waitingLine{"stage", sign{"!", s.Now.Stage.Title(), theme.Warning}, count(len(mine), "section waits", "sections wait") + " for your review: " + strings.Join(mine, ", ")})
	}
	if next := s.next(a, problems); next != "" {
		all = append(all, waitingLine{"stage", sign{"✓", "next step", theme.Good}, next})
	}
	return all
}

// next is the step that can be taken, where nothing else stands before it.
func (s stagePicture) next(a *questionnaires.Assessment, problems int) string {
	switch {
	case s.Now.Stage == questionnaires.Fieldwork && problems == 0:
		return "nothing is open: submit it for the lead review"
	case s.reviewed() && len(s.Before) == 0:
		return "nothing stands before the issue"
	case s.Now.Stage == questionnaires.LeadReview && a.Questionnaire.ReviewedForQuality() && s.passed() == len(s.Sections):
		return "the lead review passed every section: on to QA"
	}
	return ""
}
