package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// answering is an answer as the command line gives it.
type answering struct {
	requirement, response, narrative string
	evidence, methods                []string
	edit, allowSwap                  bool
}

func (d *door) answerVerb() *cobra.Command {
	var o opening
	var given answering
	verb := &cobra.Command{
		Use:   "answer VAULT REQUIREMENT --response RESPONSE --narrative TEXT [--evidence Evidence-N]...",
		Short: "Record an answer",
		Long: `Records an answer as a new revision; nothing is overwritten, and tickmark undo
takes it back. Responses: in-place, in-place-with-ccw, not-in-place,
not-applicable, not-tested. Ends with 3 if the requirement has problems still.

With --edit the answer that stands is changed, and its narrative is written in
the editor that VISUAL or EDITOR names (` + knownEditors + `),
through a folder in memory. The editor starts without your settings, and the
flags that the variable adds are left out.`,
		Example: "  tickmark answer shop.vault 1.3.1 --response not-in-place --narrative 'pay-batch lacks default deny; CHG-1182' --evidence Evidence-7",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			given.requirement = args[1]
			answer, err := given.read()
			if err != nil {
				return usageError{err}
			}
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			return d.answer(cmd.Context(), v, a, given, answer)
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&given.response, "response", "", "what is answered")
	verb.Flags().StringVar(&given.narrative, "narrative", "", "how it is met, what is missing and planned, or the reason")
	verb.Flags().StringArrayVar(&given.evidence, "evidence", nil, "`NUMBER` of evidence that the answer rests on (repeatable)")
	verb.Flags().StringSliceVar(&given.methods, "method", nil, "examine, observe, interview (repeatable)")
	verb.Flags().BoolVar(&given.edit, "edit", false, "write the narrative in your editor")
	allowSwapFlag(verb, &given.allowSwap)
	return verb
}

func allowSwapFlag(verb *cobra.Command, allow *bool) {
	verb.Flags().BoolVar(allow, "allow-swap", false, "edit although swap is not encrypted, so that the text may reach the disk")
}

// answer records an answer, which is edited first where that was asked for.
func (d *door) answer(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, given answering, answer questionnaires.Answer) error {
	for _, label := range given.evidence {
		item, err := a.EvidenceByLabel(label)
		if err != nil {
			return err
		}
		if !slices.Contains(answer.Evidence, item.ID) {
			answer.Evidence = append(answer.Evidence, item.ID)
		}
	}
	before := a.Own(answer.Requirement).Answer
	if !given.edit {
		// What no flag says, such as a worksheet that is begun, stays.
		kept := before
		kept.Requirement, kept.Response, kept.Narrative = answer.Requirement, answer.Response, answer.Narrative
		kept.Methods, kept.Evidence = answer.Methods, answer.Evidence
		answer = kept
	} else {
		edited, err := d.editAnswer(ctx, v, a, given, answer)
		if err != nil {
			return err
		}
		answer = edited
		if given.flagless() && answer.Narrative == before.Narrative {
			fmt.Fprintf(d.out, "%s  stays as it is\n", answer.Requirement)
			return nil
		}
	}
	if err := d.record(ctx, v, a, answer); err != nil {
		if given.edit {
			// It is nowhere else.
			fmt.Fprintln(d.out, strings.Join(theme.CleanLines(answer.Narrative), "\n"))
		}
		return err
	}
	a, err := d.assessmentOf(ctx, v, string(a.Details.ID))
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%s  %s\n", answer.Requirement, a.Current(answer.Requirement).Response.Title())
	return d.attention(a.ProblemsOf(answer.Requirement))
}

func (d *door) record(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, answer questionnaires.Answer) error {
	draft, err := a.Answer(answer)
	if err != nil {
		return err
	}
	_, err = v.Append(ctx, draft)
	return err
}

// editAnswer changes what stands by what was given, and has the narrative edited. What
// could not be recorded afterwards is refused before.
func (d *door) editAnswer(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, given answering, answer questionnaires.Answer) (questionnaires.Answer, error) {
	edited := a.Own(answer.Requirement).Answer
	edited.Requirement = answer.Requirement
	if given.response != "" {
		edited.Response = answer.Response
	}
	if given.narrative != "" {
		edited.Narrative = answer.Narrative
	}
	if len(given.evidence) > 0 {
		edited.Evidence = answer.Evidence
	}
	if len(given.methods) > 0 {
		edited.Methods = answer.Methods
	}
	author, signs := v.Author()
	if !signs {
		_, err := d.author()
		return edited, fmt.Errorf("answer %s: %w: %w", edited.Requirement, vault.ErrReadOnly, err)
	}
	if _, enrolled := a.History().Author(author.ID); !enrolled {
		return edited, fmt.Errorf("answer %s: %w", edited.Requirement, vault.ErrNotEnrolled)
	}
	if _, err := a.Answer(edited); err != nil {
		return edited, err
	}
	text, err := d.edit(ctx, edited.Narrative, given.allowSwap)
	if err != nil {
		return edited, fmt.Errorf("edit narrative of %s: %w", edited.Requirement, err)
	}
	edited.Narrative = text
	return edited, nil
}

// flagless reports whether nothing was given but the wish to edit.
func (g answering) flagless() bool {
	return g.response == "" && g.narrative == "" && len(g.evidence) == 0 && len(g.methods) == 0
}

// read is what the flags say.
func (g answering) read() (questionnaires.Answer, error) {
	id, err := questionnaires.ParseRequirementID(g.requirement)
	if err != nil {
		return questionnaires.Answer{}, err
	}
	answer := questionnaires.Answer{Requirement: id, Narrative: g.narrative}
	switch {
	case g.response == "" && g.edit:
	case g.response == "" || g.response == questionnaires.Unanswered.String():
		return questionnaires.Answer{}, fmt.Errorf("answer %s: --response is needed: %s", id, responseList())
	default:
		if answer.Response, err = questionnaires.ParseResponse(g.response); err != nil {
			return questionnaires.Answer{}, fmt.Errorf("answer %s: %w: want %s", id, err, responseList())
		}
	}
	for _, text := range g.methods {
		var m questionnaires.Method
		if err := m.UnmarshalText([]byte(text)); err != nil {
			return questionnaires.Answer{}, err
		}
		answer.Methods = append(answer.Methods, m)
	}
	return answer, nil
}

func responseList() string {
	var texts []string
	for _, r := range questionnaires.Responses() {
		texts = append(texts, r.String())
	}
	return strings.Join(texts, ", ")
}

// attention prints problems and says by the exit status that there are some.
func (d *door) attention(problems []questionnaires.Problem) error {
	for _, p := range problems {
		fmt.Fprintf(d.out, "%s  problem: %s\n", p.Requirement, p.Sentence)
	}
	if len(problems) > 0 {
		return errAttention
	}
	return nil
}

func (d *door) undoVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "undo VAULT", Short: "Take the last answer back", Args: cobra.ExactArgs(1),
		Long: "Takes the last answer back by a revision that repeats what stood before it.\nCalled again, it takes back the one before.",
		RunE: func(cmd *cobra.Command, args []string) error {
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			draft, undone, err := a.Undo()
			if err != nil {
				return err
			}
			if _, err := v.Append(cmd.Context(), draft); err != nil {
				return err
			}
			restored, _ := draft.Payload.(questionnaires.Answer)
			fmt.Fprintf(d.out, "%s  took back %s, now %s\n", undone.Requirement, undone.Response.Title(), restored.Response.Title())
			return nil
		},
	}
	o.flags(verb)
	return verb
}
