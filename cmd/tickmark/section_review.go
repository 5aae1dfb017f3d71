package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

// reviewing is what the flags say of a section's review.
type reviewing struct {
	pass                   bool
	reason                 string // of a return
	yes, no, notApplicable []string
}

func (d *door) assessmentReviewVerb() *cobra.Command {
	var o opening
	var r reviewing
	verb := &cobra.Command{
		Use: "review VAULT SECTION", Short: "Pass a section of an assessment, or return it", Args: cobra.ExactArgs(2),
		Long: `Reviews a section in the lead review or in QA: engagement, scope, evidence, records,
or the number of a principal requirement. Without --pass or --return it shows the
section's checklist and how its reviews stand.

A pass needs every item of the checklist answered: --yes or --not-applicable; "all"
stands for those that no other flag names; and no review note of the section is open.
A return needs its reason. Nobody reviews what they answered or brought the evidence
of; in QA, nobody who answered or collected anything. A pass holds for what its author
saw: what changes in the section afterwards makes it void.`,
		Example: "  tickmark assessment shop.vault review 8\n" +
			"  tickmark assessment shop.vault review 8 --pass --yes follows,own-words,contradictions --not-applicable not-applicable,compensating\n" +
			"  tickmark assessment shop.vault review scope --return 'The call centre is missing.'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if r.pass && r.reason != "" {
				return usagef("review %s: --pass and --return are two things", args[1])
			}
			if !r.pass && !cmd.Flags().Changed("return") {
				return d.showSection(cmd, args[0], o, args[1])
			}
			return d.signOf(cmd.Context(), args[0], o, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				signer, err := d.author()
				if err != nil {
					return questionnaires.Draft{}, err
				}
				s, err := a.Section(args[1])
				if err != nil {
					return questionnaires.Draft{}, usageError{err}
				}
				draft, err := a.ReviewSection(r.of(s), signer.Author.ID)
				if err != nil {
					err = withHint(err, "`tickmark assessment VAULT review "+args[1]+"` shows its checklist")
				}
				return draft, err
			}, func(a *questionnaires.Assessment) error { return d.printSection(a, args[1], false) })
		},
	}
	o.flags(verb)
	verb.Flags().BoolVar(&r.pass, "pass", false, "the section passes")
	verb.Flags().StringVar(&r.reason, "return", "", "return the section for this `REASON`")
	verb.Flags().StringSliceVar(&r.yes, "yes", nil, "`ITEM` of the checklist that was found (repeatable; all: the rest)")
	verb.Flags().StringSliceVar(&r.no, "no", nil, "`ITEM` that was not found (repeatable)")
	verb.Flags().StringSliceVar(&r.notApplicable, "not-applicable", nil, "`ITEM` that does not apply (repeatable; all: the rest)")
	return verb
}

// of is the review of a section that the flags say.
func (r reviewing) of(s questionnaires.Section) questionnaires.SectionReview {
	review := questionnaires.SectionReview{Section: s, Verdict: questionnaires.ReturnSection, Reason: r.reason}
	if r.pass {
		review.Verdict = questionnaires.PassSection
	}
	named := map[string]bool{}
	for _, list := range [][]string{r.yes, r.no, r.notApplicable} {
		for _, item := range list {
			named[item] = true
		}
	}
	add := func(items []string, state questionnaires.CheckState) {
		for _, item := range items {
			if item != "all" {
				review.Checklist = append(review.Checklist, questionnaires.CheckedItem{Item: item, State: state})
				continue
			}
			for _, rest := range s.Checklist() {
				if !named[rest.ID] {
					review.Checklist = append(review.Checklist, questionnaires.CheckedItem{Item: rest.ID, State: state})
				}
			}
		}
	}
	add(r.yes, questionnaires.CheckFound)
	add(r.no, questionnaires.CheckMissing)
	add(r.notApplicable, questionnaires.CheckNotApplicable)
	return review
}

func (d *door) showSection(cmd *cobra.Command, path string, o opening, name string) error {
	a, closing, err := d.looking(cmd.Context(), path, o)
	if err != nil {
		return err
	}
	defer closing()
	return d.printSection(a, name, true)
}

// printSection says how a section's reviews stand, and what is looked for in it.
func (d *door) printSection(a *questionnaires.Assessment, name string, checklist bool) error {
	s, err := a.Section(name)
	if err != nil {
		return usageError{err}
	}
	all, err := a.SectionStandings()
	if err != nil {
		return err
	}
	for _, standing := range all {
		if standing.Section == s {
			fmt.Fprintf(d.out, "%s\nlead review  %s\nQA           %s\n", s.Title(), reviewWords(standing.Lead), reviewWords(standing.QA))
		}
	}
	if !checklist {
		return nil
	}
	fmt.Fprintln(d.out)
	for _, item := range s.Checklist() {
		fmt.Fprintf(d.out, "%-15s %s\n", item.ID, item.Text)
	}
	return nil
}

func (d *door) assessmentConcludeVerb() *cobra.Command {
	var o opening
	var c questionnaires.Conclusion
	verb := &cobra.Command{
		Use: "conclude VAULT --result TEXT --person NAME", Short: "Record what a named person concludes", Args: cobra.ExactArgs(1),
		Long: `Records the conclusion of a named person. The program has none of its own: status
says what the answers would allow. One that is recorded later takes its place.`,
		Example: "  tickmark assessment shop.vault conclude --result Compliant --person 'Mara Lind'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.Result == "" || c.Person == "" {
				return usagef("conclude: --result and --person are needed")
			}
			return d.signOf(cmd.Context(), args[0], o, func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.Conclude(c) },
				func(a *questionnaires.Assessment) error {
					fmt.Fprintf(d.out, "%s, concluded by %s\n", kube.Printable(a.Conclusion.Result), kube.Printable(a.Conclusion.Person))
					return nil
				})
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&c.Result, "result", "", "`TEXT` of the conclusion")
	verb.Flags().StringVar(&c.Person, "person", "", "`NAME` of who concludes")
	return verb
}

func (d *door) assessmentAcknowledgeVerb() *cobra.Command {
	var o opening
	var k questionnaires.Acknowledgement
	var day string
	verb := &cobra.Command{
		Use: "acknowledge VAULT --name NAME --title TITLE --statement ID...", Short: "Record what an executive of the entity stands for", Args: cobra.ExactArgs(1),
		Long: "Records that an executive of the entity stands for a self-assessment: its answers and\nits conclusion as they are now. What changes in them afterwards makes it void. Each\nstatement is named by its id:\n\n" + statementList(),
		Example: "  tickmark assessment shop.vault acknowledge --name 'Ada Berg' --title 'Managing director' --statement " +
			strings.Join(statementIDs(), ","),
		RunE: func(cmd *cobra.Command, args []string) error {
			if k.Name == "" || k.Title == "" {
				return usagef("acknowledge: --name and --title are needed")
			}
			today := questionnaires.DayOf(d.now())
			k.Day = today
			if day != "" {
				var err error
				if k.Day, err = questionnaires.ParseDay(day); err != nil {
					return usageError{err}
				}
			}
			return d.signOf(cmd.Context(), args[0], o, func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.Acknowledge(k, today) },
				func(*questionnaires.Assessment) error {
					fmt.Fprintf(d.out, "acknowledged on %s by %s, %s\n", k.Day, kube.Printable(k.Name), kube.Printable(k.Title))
					return nil
				})
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&k.Name, "name", "", "`NAME` of the executive")
	verb.Flags().StringVar(&k.Title, "title", "", "what the executive is in the entity")
	verb.Flags().StringVar(&day, "day", "", "`DAY` on which it was acknowledged (default: today)")
	verb.Flags().StringSliceVar(&k.Statements, "statement", nil, "`ID` of a statement that is acknowledged (repeatable; all are needed)")
	return verb
}

func statementIDs() []string {
	var ids []string
	for _, s := range questionnaires.Statements() {
		ids = append(ids, s.ID)
	}
	return ids
}

func statementList() string {
	var b strings.Builder
	for _, s := range questionnaires.Statements() {
		fmt.Fprintf(&b, "  %-11s %s\n", s.ID, s.Text)
	}
	return strings.TrimRight(b.String(), "\n")
}
