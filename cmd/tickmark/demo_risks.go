package main

import (
	"context"
	"fmt"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/testdata/merchant"
	"tickmark/vault"
)

// demoRisks writes down what the merchant has analysed, and accepts what it accepts.
// The fictional assessor is alone, and what is accepted says so.
func (d *door) demoRisks(ctx context.Context, v *vault.Vault, recorded engine.Digest) (analyses, accepted int, err error) {
	fail := func(err error) (int, int, error) { return 0, 0, fmt.Errorf("demo: %w", err) }
	risks, err := merchant.AllRisks()
	if err != nil {
		return fail(err)
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return fail(err)
	}
	run, err := v.Run(ctx, recorded)
	if err != nil {
		return fail(err)
	}
	history, err := v.History(ctx)
	if err != nil {
		return fail(err)
	}
	for _, analysis := range risks.Analyses {
		if analysis.ID, err = questionnaires.NewID(d.random); err != nil {
			return fail(err)
		}
		draft, err := history.SetRiskAnalysis(catalogue, analysis)
		if err == nil {
			_, err = v.Append(ctx, draft)
		}
		if err != nil {
			return fail(err)
		}
	}
	for _, acceptance := range risks.Acceptances {
		if err := d.demoAcceptance(ctx, v, run, acceptance); err != nil {
			return fail(err)
		}
	}
	return len(risks.Analyses), len(risks.Acceptances), nil
}

// demoAcceptance asks for one acceptance, and approves it.
func (d *door) demoAcceptance(ctx context.Context, v *vault.Vault, run engine.Run, of merchant.Acceptance) error {
	history, err := v.History(ctx)
	if err != nil {
		return err
	}
	key, found := demoFailure(run, of)
	if !found {
		return fmt.Errorf("nothing of %s fails for %s", of.Check, of.Subject)
	}
	draft, err := history.AskAcceptance(questionnaires.Acceptance{
		Target: key.Target, Check: key.Check, Subject: key.Subject, Place: key.Place, Definition: key.Definition, Reason: of.Reason, Risk: of.Risk,
		Until: questionnaires.DayOf(d.now().AddDate(0, 0, of.Days)),
	}, d.now())
	if err != nil {
		return err
	}
	asked, err := v.Append(ctx, draft)
	if err != nil {
		return err
	}
	if history, err = v.History(ctx); err != nil {
		return err
	}
	if draft, err = history.ApproveAcceptance(asked[0].ID, asked[0].Author); err != nil {
		return err
	}
	_, err = v.Append(ctx, draft)
	return err
}

// demoFailure is the failing detail that an acceptance is of.
func demoFailure(run engine.Run, of merchant.Acceptance) (engine.Key, bool) {
	for _, result := range run.Results {
		for _, detail := range result.Details {
			if result.Check == of.Check && detail.Verdict == engine.Fail && detail.Subject.Namespace+"/"+detail.Subject.Name == of.Subject {
				return result.Key(detail), true
			}
		}
	}
	return engine.Key{}, false
}
