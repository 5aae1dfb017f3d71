package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/vault"
)

// sampleWords are what people say of a sample set.
type sampleWords struct {
	kind, chosen, rationale string
	requirements            []string
}

func (w *sampleWords) flags(verb *cobra.Command) {
	verb.Flags().StringVar(&w.kind, "type", "", "`WHAT` its items are (default: what the population lists)")
	verb.Flags().StringVar(&w.chosen, "chosen", "", "`TEXT` that says how the items were chosen")
	verb.Flags().StringVar(&w.rationale, "rationale", "", "`TEXT` that says why this size is enough")
	verb.Flags().StringSliceVar(&w.requirements, "requirement", nil, "`REQUIREMENT` that it serves (repeatable)")
}

// change gives a sample set what the flags say. What no flag says stays.
func (w sampleWords) change(cmd *cobra.Command, s *questionnaires.Sample) error {
	for flag, to := range map[string]struct {
		from string
		into *string
	}{"type": {w.kind, &s.Type}, "chosen": {w.chosen, &s.Chosen}, "rationale": {w.rationale, &s.Rationale}} {
		if cmd.Flags().Changed(flag) {
			*to.into = strings.TrimSpace(to.from)
		}
	}
	if !cmd.Flags().Changed("requirement") {
		return nil
	}
	s.Requirements = nil
	for _, text := range w.requirements {
		id, err := questionnaires.ParseRequirementID(text)
		if err != nil {
			return usageError{err}
		}
		s.Requirements = append(s.Requirements, id)
	}
	return nil
}

// recordSample records a sample set with what the words say, and shows it.
func (d *door) recordSample(cmd *cobra.Command, v *vault.Vault, a *questionnaires.Assessment, s questionnaires.Sample, words sampleWords) error {
	err := words.change(cmd, &s)
	if err == nil && s.ID == "" {
		s.ID, err = questionnaires.NewID(d.random)
	}
	if err != nil {
		return err
	}
	draft, err := a.RecordSample(s)
	switch {
	case errors.Is(err, questionnaires.ErrUnchanged):
		fmt.Fprintf(d.out, "%s stays as it is\n", s.Label())
		return nil
	case err != nil:
		return err
	}
	if _, err := v.Append(cmd.Context(), draft); err != nil {
		return err
	}
	if a, err = d.assessmentOf(cmd.Context(), v, string(a.Details.ID)); err != nil {
		return err
	}
	if s, err = a.SampleByID(s.ID); err != nil {
		return err
	}
	d.printSample(formOfSample(a, s))
	problems := a.ProblemsOfSample(s)
	d.printProblems(problems)
	if len(problems) > 0 {
		return errAttention
	}
	return nil
}

func (d *door) sampleAddVerb() *cobra.Command {
	var o opening
	var words sampleWords
	var s questionnaires.Sample
	var population, file string
	verb := &cobra.Command{
		Use: "add VAULT --item ITEM...", Short: "Record a sample set that a person chose", Args: cobra.ExactArgs(1),
		Long: `Records a sample set that a person chose by judgement, of a population of the vault or
of one that is known by its number alone, such as the shops that were visited. What is
missing is a problem until tickmark sample VAULT set says it. Ends with 3 while it has
problems.`,
		Example: "  tickmark sample shop.vault add --type shops --item Rotterdam --item Lille --count 140 --chosen 'One per country.' --rationale '...' --requirement 9.5.1",
		RunE: func(cmd *cobra.Command, args []string) error {
			if file != "" {
				_, text, err := d.readFile(file)
				if err != nil {
					return err
				}
				lines := bufio.NewScanner(strings.NewReader(string(text)))
				for lines.Scan() {
					if item := strings.TrimSpace(lines.Text()); item != "" {
						s.Items = append(s.Items, item)
					}
				}
				if err := lines.Err(); err != nil {
					return fmt.Errorf("read %s: %w", file, err)
				}
			}
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			if population != "" {
				p, err := a.PopulationNamed(population)
				if err != nil {
					return err
				}
				s.Population, s.Count, s.Type, s.Draw.List = p.ID, p.Count, p.Of, p.List
			}
			if s.Draw.Method = questionnaires.JudgementSample; s.Size == 0 {
				s.Size = len(s.Items)
			}
			return d.recordSample(cmd, v, a, s, words)
		},
	}
	o.flags(verb)
	words.flags(verb)
	verb.Flags().StringArrayVar(&s.Items, "item", nil, "an `ITEM` that was sampled (repeatable)")
	verb.Flags().StringVar(&file, "items", "", "`FILE` with an item a line; - is the standard input")
	verb.Flags().IntVar(&s.Size, "size", 0, "how many were sampled (default: the items)")
	verb.Flags().IntVar(&s.Count, "count", 0, "of how many; an estimate will do")
	verb.Flags().StringVar(&population, "population", "", "`NAME` of the population, where it is recorded")
	return verb
}

func (d *door) sampleSetVerb() *cobra.Command {
	var o opening
	var words sampleWords
	verb := &cobra.Command{
		Use: "set VAULT Set-N", Short: "Change what is said of a sample set", Args: cobra.ExactArgs(2),
		Long: `Changes what is said of a sample set: type, how it was chosen, rationale, requirements.
What was drawn stays as it was drawn. Where versions stand side by side, it confirms
the one that is shown.`,
		Example: "  tickmark sample shop.vault set Set-1 --rationale 'One in ten, as last year.' --requirement 2.2.1",
		RunE: func(cmd *cobra.Command, args []string) error {
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			s, err := a.SampleByLabel(args[1])
			if err != nil {
				return err
			}
			if s.Typed {
				return fmt.Errorf("set %s: it was typed into the engagement, and stays as it is there; add it anew", s.Label())
			}
			return d.recordSample(cmd, v, a, s, words)
		},
	}
	o.flags(verb)
	words.flags(verb)
	return verb
}

func (d *door) sampleWithdrawVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "withdraw VAULT Set-N|POPULATION", Short: "Take a sample set or a population back", Args: cobra.ExactArgs(2),
		Long:    "Takes a sample set or a population back by a revision that says so; nothing is erased,\nand a number is not given again.",
		Example: "  tickmark sample shop.vault withdraw Set-3",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.signOf(cmd.Context(), args[0], o, func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.WithdrawSampling(args[1]) },
				func(*questionnaires.Assessment) error {
					fmt.Fprintf(d.out, "%s is withdrawn\n", args[1])
					return nil
				})
		},
	}
	o.flags(verb)
	return verb
}
