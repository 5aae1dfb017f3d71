package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/imports"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports/printer"
	"tickmark/testdata/merchant"
	"tickmark/vault"
)

func (d *door) demoVerb() *cobra.Command {
	var report string
	verb := &cobra.Command{
		Use:   "demo [--report FILE]",
		Short: "The whole main job on a fictional merchant",
		Long: `Makes a new vault for Copperline Outfitters, a merchant that does not exist, takes
in its cluster and papers, evaluates, answers most of SAQ D, prints a signed PDF
and verifies it; then opens the workbench. It needs no network, no cluster and
no key: keys that are missing are made in your configuration folder. With
--report, or without a terminal, it ends with what verify says of the PDF.`,
		Args:    cobra.NoArgs,
		Example: "  tickmark demo --report record.pdf",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.demo(cmd.Context(), report)
		},
	}
	verb.Flags().StringVar(&report, "report", "", "`FILE` for the PDF; ends without opening the workbench")
	return verb
}

// demo is the main job from nothing to a verified report.
func (d *door) demo(ctx context.Context, report string) error {
	folder, err := os.MkdirTemp("", "tickmark-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	path := filepath.Join(folder, "copperline.vault")
	out := report
	if out == "" {
		out = filepath.Join(folder, "copperline.pdf")
	}
	v, id, err := d.demoVault(ctx, path)
	if err != nil {
		return err
	}
	defer v.Close()
	if err := d.demoReport(ctx, v, id, out); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "\nvault   %s\nreport  %s\n", path, out)
	if report != "" || !d.terminal(d.out) {
		return nil
	}
	if err := v.Close(); err != nil {
		return err
	}
	return d.workbench(ctx, path, opening{}, chosen{}, demoCluster(d))
}

// steps prints each step with the time it took.
type steps struct {
	d     *door
	began time.Time
}

func (s *steps) done(format string, args ...any) {
	now := s.d.now()
	fmt.Fprintf(s.d.out, "%-58s %6.0f ms\n", fmt.Sprintf(format, args...), float64(now.Sub(s.began).Microseconds())/1000)
	s.began = now
}

// demoVault makes the merchant's vault: keys, assessment, scope, cluster, papers,
// answers.
func (d *door) demoVault(ctx context.Context, path string) (*vault.Vault, questionnaires.ID, error) {
	step := steps{d, d.now()}
	m, err := d.ensureKeys("", false)
	if err != nil {
		return nil, "", err
	}
	step.done("keys: %s", map[bool]string{true: "made in your configuration folder", false: "yours"}[m.Identity || m.Author || m.Signing])
	c := d.consent(false)
	sealTo, err := d.sealTo(c, nil, false, "", path)
	if err != nil {
		return nil, "", err
	}
	from, to, err := demoPeriod()
	if err != nil {
		return nil, "", err
	}
	v, err := d.create(ctx, c, path, sealTo, merchant.Entity, questionnaires.AssessmentDetails{Questionnaire: merchant.Form, From: from, To: to})
	if err != nil {
		return nil, "", err
	}
	id, err := d.demoWork(ctx, v, &step)
	if err != nil {
		return nil, "", errors.Join(err, v.Close())
	}
	return v, id, nil
}

func demoPeriod() (from, to time.Time, err error) {
	if from, err = time.Parse(time.DateOnly, merchant.PeriodStart); err != nil {
		return from, to, err
	}
	to, err = time.Parse(time.DateOnly, merchant.PeriodEnd)
	return from, to, err
}

// demoWork does what an assessor does once the vault is there.
func (d *door) demoWork(ctx context.Context, v *vault.Vault, step *steps) (questionnaires.ID, error) {
	if err := d.demoScope(ctx, v); err != nil {
		return "", err
	}
	step.done("vault: made for %s, sealed to your identity", merchant.Entity)
	collected, err := d.collectInto(ctx, v, []engine.Collector{demoCluster(d)}, chosen{}, false)
	if err != nil {
		return "", err
	}
	seen := collected.Recorded.Targets[0]
	step.done("collected: %d objects of %s, %d gaps, %d results", seen.Objects, seen.Target.Name, seen.Gaps, len(collected.Recorded.Evidence))
	papers, err := d.demoPapers(ctx, v)
	if err != nil {
		return "", err
	}
	step.done("papers: %d documents taken in", len(papers))
	a, err := d.assessmentOf(ctx, v, "")
	if err != nil {
		return "", err
	}
	against, with := demoSuggestions(a)
	step.done("suggested: evidence contradicts %d questions, supports %d", against, with)
	answered, err := d.demoAnswers(ctx, v, a, papers)
	if err != nil {
		return "", err
	}
	step.done("answered: %d of %d, by the fictional assessor's notes", answered, len(a.Requirements()))
	analyses, accepted, err := d.demoRisks(ctx, v, collected.Recorded.Run)
	if err != nil {
		return "", err
	}
	step.done("risks: %d analysed, %d accepted for a time", analyses, accepted)
	work, err := d.demoFieldwork(ctx, v, papers)
	if err != nil {
		return "", err
	}
	step.done("fieldwork: %d requests, %d scans, %d review notes", len(work.Requests), len(work.Records), len(work.Notes))
	return a.Details.ID, nil
}

// demoScope records what is assessed, and by whom.
func (d *door) demoScope(ctx context.Context, v *vault.Vault) error {
	a, err := d.assessmentOf(ctx, v, "")
	if err != nil {
		return err
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	scope, err := a.History().SetScope(catalogue, merchant.Scope())
	if err != nil {
		return err
	}
	engagement, err := a.SetEngagement(merchant.Engagement())
	if err != nil {
		return err
	}
	eligibility, err := demoEligibility(a, catalogue)
	if err != nil {
		return err
	}
	_, err = v.Append(ctx, scope, engagement, eligibility)
	return err
}

// demoEligibility records why the merchant fills the form that it fills.
func demoEligibility(a *questionnaires.Assessment, catalogue *questionnaires.Catalogue) (questionnaires.Draft, error) {
	interview := catalogue.Eligibility().Interview()
	for _, given := range merchant.Eligibility() {
		asked, err := questionnaires.ParseAsked(given[0])
		if err != nil {
			return questionnaires.Draft{}, err
		}
		if interview, err = interview.Answer(asked, given[1]); err != nil {
			return questionnaires.Draft{}, err
		}
	}
	return a.RecordEligibility(interview.All())
}

func demoCluster(d *door) engine.Collector {
	return &kube.Manifests{Embedded: merchant.Cluster(), Name: merchant.Target, Tool: tool(), Now: d.now}
}

// demoPapers attaches every document and returns the evidence by file name.
func (d *door) demoPapers(ctx context.Context, v *vault.Vault) (map[string]questionnaires.ID, error) {
	taken := map[string]questionnaires.ID{}
	return taken, fs.WalkDir(merchant.Documents(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		f, err := merchant.Documents().Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		item, err := v.PutEvidence(ctx, questionnaires.Evidence{File: &questionnaires.FileSource{Obtained: "provided by the entity"}}, name, f)
		taken[name] = item.ID
		return err
	})
}

func demoSuggestions(a *questionnaires.Assessment) (against, with int) {
	for _, r := range a.Requirements() {
		switch questionnaires.Suggest(r, a.LatestResults()).Stance {
		case questionnaires.Contradicts:
			against++
		case questionnaires.Supports:
			with++
		case questionnaires.CannotSay:
		}
	}
	return against, with
}

// demoAnswers gives the fictional assessor's answers, in one save.
func (d *door) demoAnswers(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, papers map[string]questionnaires.ID) (int, error) {
	answers, err := merchant.Answers()
	if err != nil {
		return 0, err
	}
	results := map[string]questionnaires.ID{}
	for _, item := range a.LatestEvidence() {
		if item.Result != nil {
			results[item.Result.Check] = item.ID
		}
	}
	drafts := make([]questionnaires.Draft, 0, len(answers))
	for _, given := range answers {
		answer := questionnaires.Answer{
			Requirement: given.Requirement, Response: given.Response, Narrative: given.Narrative, Methods: given.Methods,
			Remedy: questionnaires.Remedy{Target: given.Target, Plan: given.Plan}, Untested: given.Untested, Worksheet: given.Worksheet,
			Subtree: given.Subtree,
		}
		for _, check := range given.Checks {
			answer.Evidence = append(answer.Evidence, results[check])
		}
		for _, name := range given.Documents {
			answer.Evidence = append(answer.Evidence, papers[name])
		}
		draft, err := a.Answer(answer)
		if err != nil {
			return 0, fmt.Errorf("demo: %w", err)
		}
		drafts = append(drafts, draft)
	}
	if _, err = v.Append(ctx, drafts...); err != nil {
		return 0, err
	}
	if a, err = d.assessmentOf(ctx, v, string(a.Details.ID)); err != nil {
		return 0, err
	}
	return a.Progress().Answered, nil
}

// demoReport prints the report, and verifies it as `tickmark verify` does.
func (d *door) demoReport(ctx context.Context, v *vault.Vault, id questionnaires.ID, out string) error {
	step := steps{d, d.now()}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	key, chain, err := d.signing("")
	if err != nil {
		return err
	}
	printed, err := printer.Print(ctx, v, printer.Request{
		Assessment: id, Catalogue: catalogue, Out: out, Foreign: imports.Wrote,
		Hand: printer.Hand{Signer: key, Chain: chain, Reason: "Prepared this record", Now: d.now(), Random: d.random},
	})
	if err != nil {
		return err
	}
	step.done("printed: %d pages, signed", printed.Pages)
	if printed.Draft != "" {
		fmt.Fprintf(d.out, "  a draft: %s\n", printed.Draft)
	}
	err = d.verify(ctx, verifying{file: out, history: v})
	step.done("verified")
	return err
}
