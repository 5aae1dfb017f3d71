package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

func (d *door) noteVerb() *cobra.Command {
	verb := &cobra.Command{
		Use: "note VAULT list|show|add|answer|close", Short: "Review notes on answers, evidence and sections",
		Long: `Review notes are what whoever reads the work writes beside it. They are internal
unless they are shared when they are written: an internal note is in no report,
export or calendar, and its text stays behind when the vault is handed off. An open
note keeps its section from being passed.`,
	}
	actionsOf(verb, d.noteListVerb(), d.noteShowVerb(), d.noteAddVerb(), d.noteAnswerVerb(), d.noteCloseVerb())
	return verb
}

// noteForm is one note of `note list -o json`.
type noteForm struct {
	Label     string                     `json:"label"`
	Aliases   []string                   `json:"aliases,omitempty"`
	ID        questionnaires.ID          `json:"id"`
	On        string                     `json:"on"`
	State     string                     `json:"state"`
	Kind      string                     `json:"kind"` // internal or shared
	Author    string                     `json:"author"`
	Time      time.Time                  `json:"time"`
	Text      string                     `json:"text"`
	Withheld  bool                       `json:"withheld,omitempty"`
	Replies   []questionnaires.NoteReply `json:"replies"`
	Conflicts []string                   `json:"conflicts,omitempty"`
}

func formOfNote(a *questionnaires.Assessment, n questionnaires.ReviewNote) noteForm {
	return noteForm{
		Label: n.Label(), Aliases: n.AliasLabels(), ID: n.ID, On: a.PlaceOf(n), State: n.State.String(), Kind: n.Kind(),
		Author: n.Author.Name, Time: n.Time, Text: n.Text, Withheld: n.Withheld, Replies: append([]questionnaires.NoteReply{}, n.Replies...), Conflicts: n.Conflicts,
	}
}

func (d *door) noteListVerb() *cobra.Command {
	var o opening
	var format, on string
	var open bool
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List the review notes of an assessment", Args: cobra.ExactArgs(1),
		Long:    `Lists the review notes with their states: open, answered, closed. Ends with 3 while one of them is not closed.`,
		Example: "  tickmark note shop.vault list --open\n  tickmark note shop.vault list --on 8.3.6 -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			a, closing, err := d.looking(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			all := slices.Clone(a.Notes())
			if on != "" {
				place, err := a.NotePlaceOf(on)
				if err != nil {
					return usageError{err}
				}
				all = slices.DeleteFunc(all, func(n questionnaires.ReviewNote) bool { return n.On != place })
			}
			closed := func(n questionnaires.ReviewNote) bool { return n.State == questionnaires.ClosedNote }
			if open {
				all = slices.DeleteFunc(all, closed)
			}
			if err := d.printNotes(a, all, format); err != nil {
				return err
			}
			if slices.ContainsFunc(all, func(n questionnaires.ReviewNote) bool { return !closed(n) }) {
				return errAttention
			}
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().BoolVar(&open, "open", false, "only what is not closed")
	verb.Flags().StringVar(&on, "on", "", "only those on this `PLACE`: 1.2.3, 1.2.3.b, Evidence-7, scope")
	return verb
}

func (d *door) printNotes(a *questionnaires.Assessment, all []questionnaires.ReviewNote, format string) error {
	if format == "json" {
		forms := make([]noteForm, len(all))
		for i, n := range all {
			forms[i] = formOfNote(a, n)
		}
		return json.NewEncoder(d.out).Encode(forms)
	}
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, n := range all {
		on := a.PlaceOf(n)
		if on == "" {
			on = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", n.Label(), n.State, on, n.Kind(), kube.Printable(n.Author.Name), kube.Printable(n.Title()))
		for _, conflict := range n.Conflicts {
			fmt.Fprintf(w, "\tconflict\t\t\t\t%s\n", kube.Printable(conflict))
		}
	}
	return w.Flush()
}

func (d *door) noteShowVerb() *cobra.Command {
	return d.showing(&cobra.Command{
		Use: "show VAULT Note-N", Short: "Show a note with all replies",
		Example: "  tickmark note shop.vault show Note-3",
	}, func(a *questionnaires.Assessment, label string) (any, func(), error) {
		n, err := a.NoteByLabel(label)
		return formOfNote(a, n), func() { d.printNote(a, n) }, err
	})
}

func (d *door) printNote(a *questionnaires.Assessment, n questionnaires.ReviewNote) {
	said := func(who questionnaires.Author, when time.Time, what, text string) {
		fmt.Fprintf(d.out, "\n%s, %s%s\n", kube.Printable(who.Name), when.UTC().Format(time.RFC3339), what)
		for line := range strings.Lines(text) {
			fmt.Fprintf(d.out, "  %s\n", kube.Printable(strings.TrimRight(line, "\n")))
		}
	}
	fmt.Fprintf(d.out, "%s  %s  %s  %s\n", n.Label(), n.State, n.Kind(), a.PlaceOf(n))
	said(n.Author, n.Time, "", n.Said())
	for _, r := range n.Replies {
		what := ""
		switch {
		case r.Void != "":
			what = ", closes nothing: " + kube.Printable(r.Void)
		case r.Closes:
			what = ", closed"
		}
		said(r.Author, r.Time, what, r.Said())
	}
	for _, conflict := range n.Conflicts {
		fmt.Fprintf(d.out, "\n%s %s\n", n.Label(), kube.Printable(conflict))
	}
}

// notesForm counts the review notes of an assessment.
type notesForm struct {
	Open     int `json:"open"`
	Answered int `json:"answered"`
	Closed   int `json:"closed"`
	Yours    int `json:"yours"` // that wait for you
}

// notesOf counts notes, nil where there are none.
func notesOf(a *questionnaires.Assessment, author questionnaires.Author) *notesForm {
	all := a.Notes()
	if len(all) == 0 {
		return nil
	}
	form := notesForm{Yours: len(a.NotesFor(author.ID))}
	for _, n := range all {
		switch n.State {
		case questionnaires.OpenNote:
			form.Open++
		case questionnaires.AnsweredNote:
			form.Answered++
		case questionnaires.ClosedNote:
			form.Closed++
		}
	}
	return &form
}

func (d *door) printNoteCount(n *notesForm) {
	if n != nil && n.Open+n.Answered > 0 {
		fmt.Fprintf(d.out, "notes      %d open, %d answered, %d of them wait for you\n", n.Open, n.Answered, n.Yours)
	}
}

// noteWords is what the command line says of one note.
type noteWords struct {
	text, on                string
	shared, edit, allowSwap bool
}

func (w *noteWords) flags(verb *cobra.Command, what string) {
	verb.Flags().StringVar(&w.text, "text", "", "`TEXT` of the "+what+", - for the standard input")
	verb.Flags().BoolVar(&w.edit, "edit", false, "write it in your editor")
	allowSwapFlag(verb, &w.allowSwap)
}

// read takes the text from where the flags say that it is.
func (w *noteWords) read(cmd *cobra.Command, d *door) error {
	if w.edit {
		var err error
		w.text, err = d.edit(cmd.Context(), w.text, w.allowSwap)
		return err
	}
	if w.text != "-" {
		return nil
	}
	_, text, err := d.readFile(w.text)
	w.text = string(text)
	return err
}

func (d *door) noteAddVerb() *cobra.Command {
	var o opening
	var w noteWords
	verb := &cobra.Command{
		Use: "add VAULT --on PLACE --text TEXT", Short: "Raise a note on an answer, an item of evidence or a section", Args: cobra.ExactArgs(1),
		Long: `Raises a review note on a requirement, a testing procedure, an item of evidence or
a section (engagement, scope, evidence, records, requirement-1). It is internal
unless --shared is given, which cannot be changed afterwards.`,
		Example: "  tickmark note shop.vault add --on 8.3.6 --text 'Which systems does the policy leave out?'\n" +
			"  tickmark note shop.vault add --on scope --edit",
		RunE: func(cmd *cobra.Command, args []string) error {
			if w.on == "" || w.text == "" && !w.edit {
				return usagef("add note: --on and --text (or --edit) are needed")
			}
			return d.withNote(cmd, args[0], o, &w, func(v *vault.Vault, a *questionnaires.Assessment, salt questionnaires.ID) (questionnaires.Draft, questionnaires.ID, error) {
				n := questionnaires.ReviewNote{Text: w.text, Shared: w.shared, Salt: salt}
				var err error
				if n.On, err = a.NotePlaceOf(w.on); err != nil {
					return questionnaires.Draft{}, "", err
				}
				if n.ID, err = questionnaires.NewID(d.random); err != nil {
					return questionnaires.Draft{}, "", err
				}
				draft, err := a.RaiseNote(n)
				return draft, n.ID, err
			})
		},
	}
	o.flags(verb)
	w.flags(verb, "note")
	verb.Flags().StringVar(&w.on, "on", "", "`PLACE`: 1.2.3, 1.2.3.b, Evidence-7, scope (required)")
	verb.Flags().BoolVar(&w.shared, "shared", false, "it may leave the house: it goes with a handoff")
	return verb
}

func (d *door) noteAnswerVerb() *cobra.Command {
	var o opening
	var w noteWords
	verb := &cobra.Command{
		Use: "answer VAULT Note-N --text TEXT", Short: "Reply to a note", Args: cobra.ExactArgs(2),
		Long:    `Replies to a note; it is then answered, and waits for whoever raised it. A reply to a note that was closed opens it again.`,
		Example: "  tickmark note shop.vault answer Note-3 --text 'None; the narrative says so now.'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if w.text == "" && !w.edit {
				return usagef("answer %s: --text (or --edit) is needed", args[1])
			}
			return d.withNote(cmd, args[0], o, &w, func(_ *vault.Vault, a *questionnaires.Assessment, salt questionnaires.ID) (questionnaires.Draft, questionnaires.ID, error) {
				n, err := a.NoteByLabel(args[1])
				if err != nil {
					return questionnaires.Draft{}, "", err
				}
				draft, err := a.AnswerNote(n.ID, questionnaires.NoteRemark{Text: w.text, Salt: salt})
				return draft, n.ID, err
			})
		},
	}
	o.flags(verb)
	w.flags(verb, "reply")
	return verb
}

func (d *door) noteCloseVerb() *cobra.Command {
	var o opening
	var w noteWords
	verb := &cobra.Command{
		Use: "close VAULT Note-N [--text REASON]", Short: "Close a note", Args: cobra.ExactArgs(2),
		Long: `Closes a note. Whoever raised it closes it. Where they are not there another does,
with a reason, but nobody whose own answer or evidence it is about.`,
		Example: "  tickmark note shop.vault close Note-3",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.withNote(cmd, args[0], o, &w, func(v *vault.Vault, a *questionnaires.Assessment, salt questionnaires.ID) (questionnaires.Draft, questionnaires.ID, error) {
				n, err := a.NoteByLabel(args[1])
				if err != nil {
					return questionnaires.Draft{}, "", err
				}
				by, writes := v.Author()
				if !writes {
					return questionnaires.Draft{}, "", fmt.Errorf("close %s: %w", n.Label(), vault.ErrReadOnly)
				}
				draft, err := a.CloseNote(n.ID, by.ID, questionnaires.NoteRemark{Text: w.text, Salt: salt})
				return draft, n.ID, err
			})
		},
	}
	o.flags(verb)
	w.flags(verb, "reason")
	return verb
}

// noteDraft drafts something of a note, with a salt for its text.
type noteDraft func(v *vault.Vault, a *questionnaires.Assessment, salt questionnaires.ID) (questionnaires.Draft, questionnaires.ID, error)

// withNote writes what is drafted, and prints the note as it stands then.
func (d *door) withNote(cmd *cobra.Command, path string, o opening, w *noteWords, make noteDraft) error {
	v, a, err := d.chosen(cmd.Context(), path, o)
	if err != nil {
		return err
	}
	defer d.finish(cmd.Context(), v)
	salt, err := questionnaires.NewID(d.random)
	if err != nil {
		return err
	}
	author, _ := v.Author()
	if _, enrolled := a.History().Author(author.ID); !enrolled {
		return fmt.Errorf("write note: %w", vault.ErrNotEnrolled)
	}
	if w.edit { // nothing is written in vain
		before := w.text
		w.text = "draft"
		if _, _, err := make(v, a, salt); err != nil {
			return err
		}
		w.text = before
	}
	if err := w.read(cmd, d); err != nil {
		return err
	}
	draft, id, err := make(v, a, salt)
	if err != nil {
		return err
	}
	if _, err := v.Append(cmd.Context(), draft); err != nil {
		return err
	}
	if a, err = d.assessmentOf(cmd.Context(), v, string(a.Details.ID)); err != nil {
		return err
	}
	for _, n := range a.Notes() {
		if n.ID == id {
			fmt.Fprintf(d.out, "%s  %s  %s  %s\n", n.Label(), n.State, n.Kind(), a.PlaceOf(n))
		}
	}
	return nil
}
