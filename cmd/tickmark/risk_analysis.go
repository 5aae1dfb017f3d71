package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/engine/sheet"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/vault"
)

func (d *door) riskAnalysisVerb() *cobra.Command {
	verb := &cobra.Command{Use: "risk-analysis VAULT list|show|set|withdraw", Short: "Targeted risk analyses that set a frequency (12.3.1)"}
	actionsOf(verb, d.riskAnalysisListVerb(), d.riskAnalysisShowVerb(), d.riskAnalysisSetVerb(), d.riskAnalysisWithdrawVerb())
	return verb
}

func (d *door) riskAnalysisListVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List the analyses, and the requirements that need one", Args: cobra.ExactArgs(1),
		Long: `Lists the targeted risk analyses of a vault, which count in all its assessments,
and what an assessment's form asks an analysis for that has none.`,
		Example: "  tickmark risk-analysis shop.vault list",
		RunE: func(cmd *cobra.Command, args []string) error {
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			all, err := history.RiskAnalyses()
			if err != nil {
				return err
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(append([]questionnaires.RiskAnalysis{}, all...))
			}
			for _, analysis := range all {
				fmt.Fprintf(d.out, "%.8s  %s  %s\n", analysis.ID, analysis.Requirement, strings.Join(analysisLines(analysis), "; "))
			}
			catalogue, err := pci.Catalogue()
			if err != nil {
				return err
			}
			for _, r := range catalogue.Requirements() {
				has := slices.ContainsFunc(all, func(a questionnaires.RiskAnalysis) bool { return a.Requirement == r.ID && !a.Withdrawn })
				if r.Analysis == questionnaires.AnalysisSets && !has {
					fmt.Fprintf(d.out, "none      %s  %s\n", r.ID, r.Title)
				}
			}
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

// analysisLines sum an analysis up.
func analysisLines(a questionnaires.RiskAnalysis) []string {
	var lines []string
	add := func(text string) {
		if text != "" {
			lines = append(lines, kube.Printable(text))
		}
	}
	add(a.Frequency.String())
	if a.Reviewed != "" {
		add("reviewed on " + string(a.Reviewed) + ", again by " + string(a.Reviewed.NextYear()))
	}
	if lacks := a.Missing(); len(lacks) > 0 {
		add("lacks " + strings.Join(lacks, ", "))
	}
	if a.Beside > 0 {
		add(fmt.Sprintf("changed %d times side by side; set it again", a.Beside))
	}
	if a.Withdrawn {
		add("withdrawn")
	}
	return lines
}

// analysisNamed finds an analysis by its id, the beginning of one, or the requirement
// that has only this one.
func analysisNamed(h *questionnaires.History, name string) (questionnaires.RiskAnalysis, error) {
	all, err := h.RiskAnalyses()
	if err != nil {
		return questionnaires.RiskAnalysis{}, err
	}
	var found []questionnaires.RiskAnalysis
	for _, a := range all {
		if a.Requirement.String() == name && !a.Withdrawn || len(name) >= 4 && strings.HasPrefix(string(a.ID), name) {
			found = append(found, a)
		}
	}
	switch len(found) {
	case 0:
		return questionnaires.RiskAnalysis{}, fmt.Errorf("find risk analysis %q: there is none of that id or requirement", name)
	case 1:
		return found[0], nil
	}
	return questionnaires.RiskAnalysis{}, fmt.Errorf("find risk analysis %q: there are %d; name one by its id", name, len(found))
}

func (d *door) riskAnalysisShowVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "show VAULT ID|REQUIREMENT", Short: "Print one analysis as set --file takes it", Args: cobra.ExactArgs(2),
		Example: "  tickmark risk-analysis shop.vault show 11.3.1.1",
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "yaml" && format != "json" {
				return usagef("show %s: -o %q is neither yaml nor json", args[1], format)
			}
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			analysis, err := analysisNamed(history, args[1])
			if err != nil {
				return err
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(analysis)
			}
			return d.printSheet(analysis)
		},
	}
	o.flags(verb)
	verb.Flags().StringVarP(&format, "output", "o", "yaml", "yaml or json")
	return verb
}

// analysing is what the flags say of an analysis.
type analysing struct {
	file, frequency, reviewed string
	analysis                  questionnaires.RiskAnalysis
}

func (d *door) riskAnalysisSetVerb() *cobra.Command {
	var o opening
	var x analysing
	verb := &cobra.Command{
		Use: "set VAULT [REQUIREMENT|ID] [--frequency 'COUNT days|weeks|months|years'] [--file FILE]", Short: "Write an analysis down, or change it",
		Long: `Writes down the targeted risk analysis that sets how often a requirement's activity
is done, or changes the one that is there; --new begins another of the same
requirement. What no flag or file names stays. One that is not finished is kept, and
is a problem of every assessment that needs it. Without a requirement, --file holds
many below "analyses": all are written down, or none.`,
		Example: "  tickmark risk-analysis shop.vault set 11.3.1.1 --asset 'Order system' --threat 'Known flaws' --factors 'No way in from outside.' --frequency '2 months' --reason 'Patched monthly.' --reviewed 2026-11-02",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && (x.file == "" || cmd.Flags().NFlag() > 1 && x.says(cmd)) {
				return usagef("set risk analysis: name a requirement, or --file with many analyses and nothing else")
			}
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			if len(args) == 1 {
				return d.setRiskAnalyses(cmd, v, x.file)
			}
			another, _ := cmd.Flags().GetBool("new")
			return d.setRiskAnalysis(cmd, v, args[1], x, another)
		},
	}
	o.flags(verb)
	f := verb.Flags()
	f.StringVar(&x.file, "file", "", "`FILE` with the analysis in YAML, - for the standard input")
	f.StringVar(&x.analysis.Asset, "asset", "", "what is protected")
	f.StringVar(&x.analysis.Threat, "threat", "", "from what")
	f.StringVar(&x.analysis.Factors, "factors", "", "of likelihood and impact")
	f.StringVar(&x.frequency, "frequency", "", "how often, such as `'14 days'`")
	f.StringVar(&x.analysis.Reason, "reason", "", "why this frequency")
	f.StringVar(&x.reviewed, "reviewed", "", "`DATE` of the last review")
	f.Bool("new", false, "another analysis, beside the one that is there")
	return verb
}

// says reports whether a flag says a part of one analysis.
func (x analysing) says(cmd *cobra.Command) bool {
	return slices.ContainsFunc([]string{"asset", "threat", "factors", "frequency", "reason", "reviewed", "new"}, cmd.Flags().Changed)
}

// analysesSheet is a file with many analyses. One without an id is a new one.
type analysesSheet struct {
	Analyses []questionnaires.RiskAnalysis `json:"analyses"`
}

// setRiskAnalyses writes down all analyses of a file, or none.
func (d *door) setRiskAnalyses(cmd *cobra.Command, v *vault.Vault, file string) error {
	name, text, err := d.readFile(file)
	if err != nil {
		return err
	}
	var many analysesSheet
	lines, err := sheet.Read(name, text, &many)
	if err != nil {
		return err
	}
	for i := range many.Analyses {
		if many.Analyses[i].ID == "" {
			if many.Analyses[i].ID, err = questionnaires.NewID(d.random); err != nil {
				return err
			}
		}
	}
	return d.recordAnalyses(cmd, v, many.Analyses, func(i int, err error) error {
		return lines.Error(fmt.Sprintf("analyses[%d]", i), err.Error())
	})
}

func (d *door) setRiskAnalysis(cmd *cobra.Command, v *vault.Vault, named string, x analysing, another bool) error {
	h, err := v.History(cmd.Context())
	if err != nil {
		return err
	}
	analysis, err := analysisNamed(h, named)
	if another || err != nil {
		id, parsing := questionnaires.ParseRequirementID(named)
		all, reading := h.RiskAnalyses()
		several := slices.ContainsFunc(all, func(a questionnaires.RiskAnalysis) bool { return a.Requirement == id && !a.Withdrawn })
		if parsing != nil || reading != nil || several && !another {
			return err
		}
		analysis = questionnaires.RiskAnalysis{Requirement: id}
		if analysis.ID, err = questionnaires.NewID(d.random); err != nil {
			return err
		}
	}
	if err := d.changeAnalysis(cmd, &analysis, x); err != nil {
		return err
	}
	return d.recordAnalyses(cmd, v, []questionnaires.RiskAnalysis{analysis}, itself)
}

// changeAnalysis changes what the file and the flags name.
func (d *door) changeAnalysis(cmd *cobra.Command, analysis *questionnaires.RiskAnalysis, x analysing) error {
	if x.file != "" {
		name, text, err := d.readFile(x.file)
		if err != nil {
			return err
		}
		before := *analysis
		lines, err := sheet.Read(name, text, analysis)
		if err != nil {
			return err
		}
		if analysis.ID != before.ID || analysis.Requirement != before.Requirement {
			return lines.Error("", fmt.Sprintf("it is of analysis %.8s of %s, and not of %.8s of %s", analysis.ID, analysis.Requirement, before.ID, before.Requirement))
		}
	}
	given := cmd.Flags().Changed
	for flag, to := range map[string][2]*string{
		"asset": {&x.analysis.Asset, &analysis.Asset}, "threat": {&x.analysis.Threat, &analysis.Threat},
		"factors": {&x.analysis.Factors, &analysis.Factors}, "reason": {&x.analysis.Reason, &analysis.Reason},
	} {
		if given(flag) {
			*to[1] = *to[0]
		}
	}
	if given("frequency") {
		interval, err := parseInterval(x.frequency)
		if err != nil {
			return usageError{err}
		}
		analysis.Frequency = interval
	}
	if given("reviewed") {
		day, err := questionnaires.ParseDay(x.reviewed)
		if err != nil {
			return usageError{err}
		}
		analysis.Reviewed = day
	}
	analysis.Withdrawn = false
	return nil
}

// parseInterval reads "14 days", "every 14 days" or "1 month".
func parseInterval(text string) (questionnaires.Interval, error) {
	fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(text), "every "))
	var i questionnaires.Interval
	if len(fields) == 2 {
		n, err := strconv.Atoi(fields[0])
		if err == nil && n > 0 && i.Unit.UnmarshalText([]byte(strings.TrimSuffix(fields[1], "s")+"s")) == nil {
			i.Count = n
			return i, nil
		}
	}
	return i, fmt.Errorf("read frequency %q: want a count and days, weeks, months or years, such as 14 days", text)
}

// recordAnalyses records all of some analyses, or none. At says which one is wrong.
func (d *door) recordAnalyses(cmd *cobra.Command, v *vault.Vault, analyses []questionnaires.RiskAnalysis, at func(int, error) error) error {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	h, err := v.History(cmd.Context())
	if err != nil {
		return err
	}
	drafts := make([]questionnaires.Draft, len(analyses))
	for i, analysis := range analyses {
		if drafts[i], err = h.SetRiskAnalysis(catalogue, analysis); err != nil {
			return at(i, err)
		}
	}
	if _, err := v.Append(cmd.Context(), drafts...); err != nil {
		return err
	}
	unfinished := false
	for _, analysis := range analyses {
		analysis.Beside = 0
		fmt.Fprintf(d.out, "%.8s  %s  %s\n", analysis.ID, analysis.Requirement, strings.Join(analysisLines(analysis), "; "))
		unfinished = unfinished || len(analysis.Missing()) > 0 && !analysis.Withdrawn
	}
	if unfinished {
		return errAttention
	}
	return nil
}

// itself is what is wrong where there is one analysis alone.
func itself(_ int, err error) error { return err }

func (d *door) riskAnalysisWithdrawVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "withdraw VAULT ID|REQUIREMENT", Short: "Take an analysis back; it stays in the history", Args: cobra.ExactArgs(2),
		Long:    "Takes an analysis back: it counts no more, and stays in the history. Setting it again\nby its id brings it back.",
		Example: "  tickmark risk-analysis shop.vault withdraw 11.3.1.1",
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			h, err := v.History(cmd.Context())
			if err != nil {
				return err
			}
			analysis, err := analysisNamed(h, args[1])
			if err != nil {
				return err
			}
			if analysis.Withdrawn {
				return fmt.Errorf("withdraw risk analysis %.8s: it is withdrawn", analysis.ID)
			}
			analysis.Withdrawn = true
			return d.recordAnalyses(cmd, v, []questionnaires.RiskAnalysis{analysis}, itself)
		},
	}
	o.flags(verb)
	return verb
}
