package screen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// analysesOf are the targeted risk analyses of a requirement that stand.
func (p *Picture) analysesOf(id questionnaires.RequirementID) []questionnaires.RiskAnalysis {
	return slices.DeleteFunc(slices.Clone(p.Analyses), func(r questionnaires.RiskAnalysis) bool { return r.Requirement != id || r.Withdrawn })
}

// newAnalyses lists the requirements whose frequency a targeted risk analysis sets or
// may set, with their analyses.
func newAnalyses(d *Desk) *Roll {
	return newRoll(d, "Risk analyses", "Targeted risk analyses (12.3.1) set how often something is done where the standard leaves the choice. They count in all assessments of the vault.",
		"No requirement of this form leaves a frequency to a risk analysis.", func() []rollRow {
			var rows []rollRow
			for _, r := range d.picture.Rows {
				if r.Requirement.Analysis != questionnaires.NoAnalysis {
					rows = append(rows, analysisRows(d, r.Requirement)...)
				}
			}
			return rows
		})
}

func analysisRows(d *Desk, r questionnaires.Requirement) []rollRow {
	id := r.ID
	add := Binding{Keys: []string{"a"}, Label: "add", Help: "write another analysis of this requirement", Why: d.fixed(), Do: func() tea.Cmd { return openAnalysis(d, id, "") }}
	known := d.picture.analysesOf(id)
	if len(known) == 0 {
		begin := opens("write", "write the targeted risk analysis", d.fixed(), func() tea.Cmd { return openAnalysis(d, id, "") })
		state := sign{"!", "missing", theme.Warning}
		if r.Analysis == questionnaires.AnalysisMay {
			state = sign{"·", "none", theme.Muted}
		}
		return []rollRow{{sign: state, name: id.String(), text: r.Title, about: r.Question + " How often: " + r.Frequency + ".", keys: []Binding{begin}}}
	}
	var rows []rollRow
	for _, analysis := range known {
		open := opens("open", "fill the analysis in, or change it", "", func() tea.Cmd { return openAnalysis(d, id, analysis.ID) })
		out := Binding{Keys: []string{"x"}, Label: "withdraw", Help: "withdraw the analysis; the history keeps it", Why: d.fixed(), Do: func() tea.Cmd {
			return d.act("withdrawn: the risk analysis of "+id.String(), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				withdrawn, err := analysisSubject(d, id, analysis.ID).of(a)
				if err != nil {
					return questionnaires.Draft{}, err
				}
				withdrawn.Withdrawn = true
				return a.History().SetRiskAnalysis(d.Catalogue, withdrawn)
			})
		}}
		rows = append(rows, rollRow{sign: analysisSign(analysis), name: id.String(), text: analysisText(analysis), about: r.Title + ". " + analysis.Reason, keys: []Binding{open, add, out}})
	}
	return rows
}

func analysisSign(r questionnaires.RiskAnalysis) sign {
	if n := len(r.Missing()); n > 0 {
		return sign{"!", count(n, "missing", "missing"), theme.Warning}
	}
	return sign{"✓", "whole", theme.Good}
}

func analysisText(r questionnaires.RiskAnalysis) string {
	text := r.Frequency.String()
	if text == "" {
		text = "no frequency yet"
	}
	if r.Reviewed != "" {
		text += ", reviewed " + string(r.Reviewed)
	}
	if r.Asset != "" {
		text += ": " + r.Asset
	}
	return text
}

// openAnalysis opens the form of an analysis; "" begins one.
func openAnalysis(d *Desk, requirement questionnaires.RequirementID, id questionnaires.ID) tea.Cmd {
	if id == "" {
		var err error
		if id, err = d.NewID(); err != nil {
			return note(theme.Bad, err.Error())
		}
	}
	return push(analysisForm(d, requirement, id))
}

func analysisSubject(d *Desk, requirement questionnaires.RequirementID, id questionnaires.ID) subject[questionnaires.RiskAnalysis] {
	in := func(all []questionnaires.RiskAnalysis) questionnaires.RiskAnalysis {
		if i := slices.IndexFunc(all, func(r questionnaires.RiskAnalysis) bool { return r.ID == id }); i >= 0 {
			return all[i]
		}
		return questionnaires.RiskAnalysis{ID: id, Requirement: requirement}
	}
	return subject[questionnaires.RiskAnalysis]{
		shown: func(p *Picture) questionnaires.RiskAnalysis { return in(p.Analyses) },
		of: func(a *questionnaires.Assessment) (questionnaires.RiskAnalysis, error) {
			all, err := a.History().RiskAnalyses()
			return in(all), err
		},
		keep: func(a *questionnaires.Assessment, r questionnaires.RiskAnalysis) (questionnaires.Draft, error) {
			return a.History().SetRiskAnalysis(d.Catalogue, r)
		},
	}
}

func analysisForm(d *Desk, requirement questionnaires.RequirementID, id questionnaires.ID) *Form {
	type r = questionnaires.RiskAnalysis
	analysis := analysisSubject(d, requirement, id)
	about := "The targeted risk analysis (12.3.1) of " + requirement.String() + " " + d.picture.Row(requirement).Requirement.Title
	return formOf(d, "Risk analysis", about, analysis, func(*Picture) []blank[r] {
		return []blank[r]{
			long("Asset", "What is protected.", true, func(r *r) *string { return &r.Asset }),
			long("Threat", "What it is protected from.", true, func(r *r) *string { return &r.Threat }),
			long("Factors", "What makes the threat more or less likely, and its impact larger or smaller.", true, func(r *r) *string { return &r.Factors }),
			{
				place: place{label: "Frequency", help: "How often the activity is done, such as 14 days, 2 weeks, 3 months or 1 years.", kind: lineKind, needed: true},
				get:   func(r *r) string { return r.Frequency.String() },
				set:   func(r *r, text string) (err error) { r.Frequency, err = readInterval(text); return err },
			},
			long("Reason", "Why this frequency is enough.", true, func(r *r) *string { return &r.Reason }),
			day("Last review", "When the analysis was reviewed last; it is reviewed every year.", true, func(r *r) *questionnaires.Day { return &r.Reviewed }),
		}
	})
}

// readInterval reads an interval such as "14 days" or "every 3 months".
func readInterval(text string) (questionnaires.Interval, error) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) > 0 && words[0] == "every" {
		words = words[1:]
	}
	if len(words) == 0 {
		return questionnaires.Interval{}, nil
	}
	var interval questionnaires.Interval
	n, err := strconv.Atoi(words[0])
	if err == nil && len(words) == 2 && n > 0 {
		err = interval.Unit.UnmarshalText([]byte(strings.TrimSuffix(words[1], "s") + "s"))
		interval.Count = n
	}
	if err != nil || len(words) != 2 || n < 1 {
		return questionnaires.Interval{}, fmt.Errorf("read frequency %q: want one such as 14 days, 2 weeks, 3 months", theme.Clean(text))
	}
	return interval, nil
}

// openFrequency opens what sets the frequency of a requirement: its analysis, the
// list of them where there are several, or first whether an analysis sets it at all.
func openFrequency(d *Desk, r questionnaires.Requirement) tea.Cmd {
	known := d.picture.analysesOf(r.ID)
	list := func() Screen {
		return newRoll(d, "Risk analyses", "The targeted risk analyses of "+r.ID.String()+" "+r.Title, "", func() []rollRow { return analysisRows(d, r) })
	}
	switch {
	case r.Analysis == questionnaires.AnalysisSets && len(known) == 0:
		return openAnalysis(d, r.ID, "")
	case r.Analysis == questionnaires.AnalysisSets && len(known) == 1:
		return openAnalysis(d, r.ID, known[0].ID)
	case r.Analysis == questionnaires.AnalysisSets:
		return push(list())
	}
	based := either("Risk based", "A targeted risk analysis sets another frequency than the one the standard gives.", false, func(a *questionnaires.Answer) *bool { return &a.RiskBased })
	return push(newForm(d, "Frequency", "How often "+r.ID.String()+" is done: "+r.Frequency, func() []place {
		places := answerTo(r.ID).places(d, []blank[questionnaires.Answer]{based})
		text := ""
		if all := d.picture.analysesOf(r.ID); len(all) > 0 {
			text = analysisText(all[0])
		}
		return append(places, place{label: "Risk analysis", help: "The analysis that sets it (12.3.1).", kind: opensKind, text: text, needed: places[0].text == yes, open: list})
	}).of(r.ID))
}
