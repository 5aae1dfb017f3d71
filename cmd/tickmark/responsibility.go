package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

func (d *door) responsibilityVerb() *cobra.Command {
	verb := &cobra.Command{Use: "responsibility VAULT list|show|confirm", Short: "Who does what on managed Kubernetes"}
	actionsOf(verb, d.responsibilityListVerb(), d.responsibilityShowVerb(), d.responsibilityConfirmVerb())
	return verb
}

func platformList() string {
	var texts []string
	for _, p := range questionnaires.Platforms() {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, ", ")
}

// responsibilities reads who answers for what, and the standard it is of.
func (d *door) responsibilities(h *questionnaires.History) (*questionnaires.Responsibilities, *questionnaires.Catalogue, error) {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, nil, err
	}
	all, err := h.Responsibilities(catalogue)
	return all, catalogue, err
}

func (d *door) responsibilityListVerb() *cobra.Command {
	var o opening
	var format string
	var platforms []string
	verb := &cobra.Command{
		Use: "list VAULT [--platform PLATFORM]...", Short: "List who answers for each requirement", Args: cobra.ExactArgs(1),
		Long: `Lists who answers for each requirement on a managed platform: by default, as the
providers' public papers were read, or as somebody confirmed it against the
provider's own matrix. Only what was confirmed is a fact. Platforms: ` + platformList() + `.
Ends with 3 where people confirmed different things side by side.`,
		Example: "  tickmark responsibility shop.vault list --platform gke-autopilot",
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen, err := parsePlatforms(platforms)
			if err != nil {
				return err
			}
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			all, catalogue, err := d.responsibilities(history)
			if err != nil {
				return err
			}
			lines := []questionnaires.Responsibility{}
			conflict := false
			for _, platform := range chosen {
				for _, r := range catalogue.Requirements() {
					line := all.Responsibility(platform, r.ID)
					lines = append(lines, line)
					conflict = conflict || line.Conflict
				}
			}
			if format == "json" {
				err = json.NewEncoder(d.out).Encode(lines)
			} else {
				for _, line := range lines {
					fmt.Fprintf(d.out, "%s  %s\n", line.Requirement, kube.Printable(line.String()))
				}
			}
			if err == nil && conflict {
				err = errAttention
			}
			return err
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringSliceVar(&platforms, "platform", nil, "`PLATFORM` of these alone: "+platformList())
	return verb
}

// parsePlatforms reads what was chosen, all where nothing was.
func parsePlatforms(texts []string) ([]questionnaires.Platform, error) {
	if len(texts) == 0 {
		return questionnaires.Platforms(), nil
	}
	var chosen []questionnaires.Platform
	for _, text := range texts {
		platform, err := questionnaires.ParsePlatform(text)
		if err != nil {
			return nil, usageError{fmt.Errorf("%w: want %s", err, platformList())}
		}
		chosen = append(chosen, platform)
	}
	return chosen, nil
}

func (d *door) responsibilityShowVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "show VAULT REQUIREMENT", Short: "Show who does what of one requirement", Args: cobra.ExactArgs(2),
		Example: "  tickmark responsibility shop.vault show 2.2.6",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := questionnaires.ParseRequirementID(args[1])
			if err != nil {
				return usageError{err}
			}
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			all, catalogue, err := d.responsibilities(history)
			if err != nil {
				return err
			}
			r, known := catalogue.Requirement(id)
			if !known {
				return fmt.Errorf("show responsibility of %s: the standard has no requirement of that number", id)
			}
			var lines []questionnaires.Responsibility
			for _, platform := range questionnaires.Platforms() {
				lines = append(lines, all.Responsibility(platform, id))
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(lines)
			}
			fmt.Fprintf(d.out, "%s  %s\n", id, r.Title)
			for _, line := range lines {
				d.printResponsibility(line)
			}
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) printResponsibility(r questionnaires.Responsibility) {
	fmt.Fprintf(d.out, "\n%s\n", kube.Printable(r.String()))
	if r.Confirmed != nil && r.Confirmed.Note != "" {
		fmt.Fprintf(d.out, "  note      %s\n", kube.Printable(r.Confirmed.Note))
	}
	for _, duty := range r.Duties {
		fmt.Fprintf(d.out, "  %-9s %s\n", duty.Party, duty.Title)
		for _, line := range [][2]string{{"provider", duty.Provider}, {"customer", duty.Customer}, {"note", duty.Note}} {
			if line[1] != "" {
				fmt.Fprintf(d.out, "            %s: %s\n", line[0], line[1])
			}
		}
	}
}

// confirming is what the flags of a confirmation say.
type confirming struct {
	matrix, date, party, note string
	all                       bool
}

func (d *door) responsibilityConfirmVerb() *cobra.Command {
	var o opening
	var x confirming
	verb := &cobra.Command{
		Use: "confirm VAULT PLATFORM REQUIREMENT...|--all --matrix TITLE --matrix-date DATE [--party provider|customer|both]", Short: "Confirm who answers, against the provider's matrix",
		Long: `Records who answers for requirements on a platform, as you read it in the provider's
own document, whose title and date you name. Without --party the default is
confirmed; with it, who you say, and --note why. --all confirms every default that
nobody confirmed yet. Confirming again replaces what was confirmed; what two people
confirm differently side by side is nobody's until it is confirmed again.`,
		Example: "  tickmark responsibility shop.vault confirm eks --all --matrix 'AWS PCI DSS Responsibility Summary v4.0.1' --matrix-date 2026-03-31\n" +
			"  tickmark responsibility shop.vault confirm eks 2.2.6 --party customer --note 'Own node images.' --matrix 'AWS PCI DSS Responsibility Summary v4.0.1' --matrix-date 2026-03-31",
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			platforms, err := parsePlatforms(args[1:2])
			if err != nil {
				return err
			}
			if x.all == (len(args) > 2) {
				return usagef("confirm %s: name requirements, or --all", args[1])
			}
			if x.all && x.party+x.note != "" {
				return usagef("confirm %s: --all confirms the defaults; --party and --note are of named requirements", args[1])
			}
			var items []questionnaires.ConfirmedDuty
			err = d.sign(cmd.Context(), args[0], o, func(h *questionnaires.History) (questionnaires.Draft, error) {
				all, catalogue, err := d.responsibilities(h)
				if err != nil {
					return questionnaires.Draft{}, err
				}
				if items, err = x.items(all, catalogue, platforms[0], args[2:]); err != nil {
					return questionnaires.Draft{}, err
				}
				return catalogue.ConfirmResponsibilities(questionnaires.ResponsibilityConfirmation{
					Platform: platforms[0], Matrix: x.matrix, MatrixDate: x.date, Items: items,
				}, d.now())
			})
			if err != nil {
				return err
			}
			for _, item := range items {
				fmt.Fprintf(d.out, "%s  %s: %s\n", item.Requirement, platforms[0], item.Party)
			}
			return nil
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&x.matrix, "matrix", "", "`TITLE` and version of the provider's document")
	verb.Flags().StringVar(&x.date, "matrix-date", "", "`DATE` of the document, such as 2026-03-31")
	verb.Flags().StringVar(&x.party, "party", "", "who answers: provider, customer or both (default: the default)")
	verb.Flags().StringVar(&x.note, "note", "", "what is different, and why")
	verb.Flags().BoolVar(&x.all, "all", false, "every requirement that has a default and that nobody confirmed yet")
	return verb
}

// items are the lines of a confirmation.
func (x confirming) items(all *questionnaires.Responsibilities, c *questionnaires.Catalogue, platform questionnaires.Platform, named []string) ([]questionnaires.ConfirmedDuty, error) {
	var items []questionnaires.ConfirmedDuty
	if x.all {
		for _, r := range c.Requirements() {
			now := all.Responsibility(platform, r.ID)
			if _, is := now.Confirmation(); !is && !now.Conflict && now.Default != questionnaires.UnknownParty {
				items = append(items, questionnaires.ConfirmedDuty{Requirement: r.ID, Party: now.Default})
			}
		}
		if len(items) == 0 {
			return nil, fmt.Errorf("confirm %s: every default is confirmed", platform)
		}
		return items, nil
	}
	for _, name := range named {
		id, err := questionnaires.ParseRequirementID(name)
		if err != nil {
			return nil, usageError{err}
		}
		item := questionnaires.ConfirmedDuty{Requirement: id, Party: all.Responsibility(platform, id).Default, Note: x.note}
		if x.party != "" {
			if item.Party, err = questionnaires.ParseParty(x.party); err != nil {
				return nil, usageError{fmt.Errorf("%w: want provider, customer or both", err)}
			}
		}
		if _, known := c.Requirement(id); known && item.Party == questionnaires.UnknownParty {
			return nil, fmt.Errorf("confirm %s: %s has no default there; say who answers with --party", platform, id)
		}
		if slices.ContainsFunc(items, func(o questionnaires.ConfirmedDuty) bool { return o.Requirement == id }) {
			continue
		}
		items = append(items, item)
	}
	return items, nil
}
