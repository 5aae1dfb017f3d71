package screen

import (
	"cmp"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textarea"
	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// panel is a part of the question's screen. Where there is room the answer stands
// left of one of the others, else they are pages.
type panel int

const (
	answerPanel panel = iota
	suggestionPanel
	attachedPanel
	historyPanel
	panels
)

// Question is one requirement: what is asked, what the evidence says, and what a
// person answers. Whatever is changed is saved at once; nothing is preselected.
type Question struct {
	desk      *Desk
	id        questionnaires.RequirementID
	focus     panel
	side      panel // what stands at the right where there is room
	choice    int   // the response under the cursor, which is not one chosen
	field     textarea.Model
	editing   bool
	away      bool   // the person's own editor has the narrative and the terminal
	unsaved   bool   // the field holds what is not saved yet
	saving    string // the narrative that a job saves, "" if none does
	changes   int    // how often the field was changed
	painted   bool   // the field knows its theme
	sides     [panels]*list.List[sideRow]
	sideWidth int // the width that the rows of the sides are broken for
	beside
}

// pause is how long typing rests before the narrative is saved by itself.
const pause = 2 * time.Second

// paused says that the pause after a change is over; it counts if no change came
// after it.
type paused struct {
	question *Question
	changes  int
}

// narrativeSaved and failuresRead are what only the question that asked understands.
type narrativeSaved struct {
	question *Question
	text     string
}

type failuresRead struct {
	question *Question
	failures map[engine.Digest][]engine.Detail
	err      error
}

func newQuestion(d *Desk, id questionnaires.RequirementID) *Question {
	s := &Question{desk: d, id: id, side: suggestionPanel, field: textarea.New(), sideWidth: 60}
	s.field.CharLimit, s.field.MaxHeight = questionnaires.MaxNarrative, 0
	s.field.ShowLineNumbers, s.field.Prompt, s.field.Placeholder = false, "", ""
	s.field.Cursor.SetMode(cursor.CursorStatic)
	for p := range s.sides {
		s.sides[p] = list.New(func(r sideRow) string { return r.text }).Passing(func(r sideRow) bool { return r.aside })
	}
	s.choice = max(0, slices.Index(s.responses(), s.row().Current.Response))
	s.refresh()
	return s
}

func (s *Question) row() Row { return s.desk.picture.Row(s.id) }

func (s *Question) responses() []questionnaires.Response {
	return s.desk.picture.Assessment.Questionnaire.Responses
}

// Start reads which subjects failed, to name them beside the suggestion, and what was
// answered before.
func (s *Question) Start() tea.Cmd { return tea.Batch(s.readFailures(), s.readRevisions()) }

func (s *Question) readFailures() tea.Cmd {
	suggestion, v, ctx := s.row().Suggestion, s.desk.vault, s.desk.ctx
	return func() tea.Msg {
		failures := map[engine.Digest][]engine.Detail{}
		runs := map[engine.Digest]engine.Run{}
		for _, p := range suggestion.Procedures {
			for _, reason := range slices.Concat(p.Why, p.Leads) {
				source := reason.Evidence.Result
				if source.Failed+source.Unknown == 0 {
					continue
				}
				if _, known := runs[source.Run]; !known {
					run, err := v.Run(ctx, source.Run)
					if err != nil {
						return failuresRead{question: s, err: err}
					}
					runs[source.Run] = run
				}
				failures[source.Digest] = worstDetails(runs[source.Run], source)
			}
		}
		return failuresRead{question: s, failures: failures}
	}
}

// namedFailures is how many subjects are named beside a suggestion; the evidence
// itself names all.
const namedFailures = 3

// worstDetails returns the first details of a result that failed or, if none did,
// could not be seen.
func worstDetails(run engine.Run, source *questionnaires.ResultSource) []engine.Detail {
	var named []engine.Detail
	result, _ := resultOf(run, source)
	for _, verdict := range []engine.Verdict{engine.Fail, engine.Unknown} {
		for _, detail := range result.Details {
			if detail.Verdict == verdict && len(named) < namedFailures {
				named = append(named, detail)
			}
		}
	}
	return named
}

// Update follows the assessment, and gives keys to the narrative's field.
func (s *Question) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		if saved, mine := msg.asked.(narrativeSaved); mine && saved.question == s {
			s.saved(saved.text, msg.err)
		}
		s.refresh()
		return tea.Batch(cmd, s.readRevisions())
	case paused:
		if msg.question == s && msg.changes == s.changes && s.editing {
			return s.save("")
		}
	case written:
		if msg.question == s {
			return s.takeBack(msg)
		}
	case failuresRead:
		if msg.question == s {
			s.failures, s.err = msg.failures, cmp.Or(msg.err, s.err)
			s.refresh()
		}
	case revisionsRead:
		if msg.question == s {
			s.revisions, s.err = msg.revisions, cmp.Or(msg.err, s.err)
			s.refresh()
		}
	case tea.KeyMsg:
		return s.typed(msg)
	}
	return cmd
}

func (s *Question) typed(key tea.KeyMsg) tea.Cmd {
	if !s.editing {
		return nil
	}
	before := s.field.Value()
	var cmd tea.Cmd
	s.field, cmd = s.field.Update(key)
	if s.field.Value() != before {
		s.unsaved = true
		s.changes++
		later := Delay{After: pause, Msg: paused{s, s.changes}}
		return tea.Batch(cmd, func() tea.Msg { return later })
	}
	return cmd
}

// saved takes what became of a narrative that was to be saved.
func (s *Question) saved(text string, err error) {
	if s.saving == text {
		s.saving = ""
	}
	if err == nil && text == s.field.Value() {
		s.unsaved = false
	}
}

// Head names the requirement.
func (s *Question) Head() Head {
	h := s.desk.head(s.id.String())
	h.Typing = s.editing
	if s.unsaved && !s.desk.busy() && s.desk.failure == "" {
		h.State, h.Tone = "● not saved yet", theme.Warning
	}
	return h
}

// Leave saves what is being written.
func (s *Question) Leave() tea.Cmd {
	s.editing = false
	s.field.Blur()
	return s.save("narrative saved")
}

// Busy reports whether something is being saved, or written elsewhere.
func (s *Question) Busy() bool { return s.away || s.desk.busy() }

// save saves the narrative if it was changed, and says so in these words.
func (s *Question) save(said string) tea.Cmd {
	text := s.field.Value()
	if !s.unsaved || (text != "" && text == s.saving) {
		return nil
	}
	s.saving = text
	return s.desk.change(s.id, said, narrativeSaved{s, text}, func(a *questionnaires.Answer) { a.Narrative = text })
}

// edit gives the keys to the narrative.
func (s *Question) edit() tea.Cmd {
	s.focus, s.editing = answerPanel, true
	if !s.unsaved {
		s.field.SetValue(cleanText(s.row().Current.Narrative))
	}
	return s.field.Focus()
}

// choose answers with the response under the cursor.
func (s *Question) choose() tea.Cmd {
	responses := s.responses()
	if s.choice >= len(responses) {
		return nil
	}
	response := responses[s.choice]
	if s.row().Current.Response == response {
		return note(theme.Muted, "it is answered "+response.Title()+" already")
	}
	return s.desk.change(s.id, s.id.String()+" answered: "+responseSign(response).text(), nil, func(a *questionnaires.Answer) { a.Response = response })
}

// attach attaches the evidence under the cursor to the answer, or detaches it.
func (s *Question) attach() tea.Cmd {
	item, chosen := s.selectedEvidence()
	if !chosen {
		return nil
	}
	attached := slices.Contains(s.row().Current.Evidence, item.ID)
	said := item.Label() + " attached to " + s.id.String()
	if attached {
		said = item.Label() + " detached from " + s.id.String()
	}
	return s.desk.change(s.id, said, nil, func(a *questionnaires.Answer) {
		a.Evidence = slices.DeleteFunc(slices.Clone(a.Evidence), func(id questionnaires.ID) bool { return id == item.ID })
		if !attached {
			a.Evidence = append(a.Evidence, item.ID)
		}
	})
}

func (s *Question) selectedEvidence() (questionnaires.Evidence, bool) {
	if s.focus == answerPanel {
		return questionnaires.Evidence{}, false
	}
	r, chosen := s.sides[s.focus].Selected()
	if !chosen || r.evidence == nil {
		return questionnaires.Evidence{}, false
	}
	return *r.evidence, true
}

// turn goes to the next panel, or the one before.
func (s *Question) turn(by int) tea.Cmd {
	s.focus = panel((int(s.focus) + by + int(panels)) % int(panels))
	if s.focus != answerPanel {
		s.side = s.focus
	}
	return nil
}
