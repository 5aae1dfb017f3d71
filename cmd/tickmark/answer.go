package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
)

func (d *door) answerVerb() *cobra.Command {
	var o opening
	var response, narrative string
	var evidence, methods []string
	verb := &cobra.Command{
		Use:   "answer VAULT REQUIREMENT --response RESPONSE --narrative TEXT [--evidence Evidence-N]...",
		Short: "Record an answer",
		Long: `Records an answer as a new revision; nothing is overwritten, and tickmark undo
takes it back. Responses: in-place, in-place-with-ccw, not-in-place,
not-applicable, not-tested. Ends with 3 if the requirement has problems still.`,
		Example: "  tickmark answer shop.vault 1.3.1 --response not-in-place --narrative 'pay-batch lacks default deny; CHG-1182' --evidence Evidence-7",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			answer, err := readAnswer(args[1], response, narrative, methods)
			if err != nil {
				return usageError{err}
			}
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			for _, label := range evidence {
				item, err := a.EvidenceByLabel(label)
				if err != nil {
					return err
				}
				if !slices.Contains(answer.Evidence, item.ID) {
					answer.Evidence = append(answer.Evidence, item.ID)
				}
			}
			draft, err := a.Answer(answer)
			if err != nil {
				return err
			}
			if _, err := v.Append(cmd.Context(), draft); err != nil {
				return err
			}
			if a, err = d.assessmentOf(cmd.Context(), v, string(a.Details.ID)); err != nil {
				return err
			}
			fmt.Fprintf(d.out, "%s  %s\n", answer.Requirement, answer.Response.Title())
			return d.attention(a.ProblemsOf(answer.Requirement))
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&response, "response", "", "what is answered")
	verb.Flags().StringVar(&narrative, "narrative", "", "how it is met, what is missing and planned, or the reason")
	verb.Flags().StringArrayVar(&evidence, "evidence", nil, "`NUMBER` of evidence that the answer rests on (repeatable)")
	verb.Flags().StringSliceVar(&methods, "method", nil, "examine, observe, interview (repeatable)")
	return verb
}

func readAnswer(requirement, response, narrative string, methods []string) (questionnaires.Answer, error) {
	id, err := questionnaires.ParseRequirementID(requirement)
	if err != nil {
		return questionnaires.Answer{}, err
	}
	if response == "" || response == questionnaires.Unanswered.String() {
		return questionnaires.Answer{}, fmt.Errorf("answer %s: --response is needed: %s", id, responseList())
	}
	given, err := questionnaires.ParseResponse(response)
	if err != nil {
		return questionnaires.Answer{}, fmt.Errorf("answer %s: %w: want %s", id, err, responseList())
	}
	answer := questionnaires.Answer{Requirement: id, Response: given, Narrative: narrative}
	for _, text := range methods {
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
