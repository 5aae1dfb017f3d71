package main

import (
	"context"
	"fmt"

	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/testdata/merchant"
	"tickmark/vault"
)

// demoFieldwork asks the merchant for what is missing, takes some of it in, records its
// scans, and leaves a colleague's notes.
func (d *door) demoFieldwork(ctx context.Context, v *vault.Vault, papers map[string]questionnaires.ID) (merchant.Fieldwork, error) {
	work, err := merchant.AllFieldwork()
	if err != nil {
		return work, fmt.Errorf("demo: %w", err)
	}
	var rules []demoRule
	for _, r := range work.Requests {
		rules = append(rules, d.demoRequest(r, papers)...)
	}
	for _, r := range work.Records {
		rules = append(rules, d.demoRecord(r, papers))
	}
	for _, n := range work.Notes {
		rules = append(rules, d.demoNote(n))
	}
	for _, rule := range rules {
		a, err := d.assessmentOf(ctx, v, "")
		if err != nil {
			return work, err
		}
		draft, err := rule(a)
		if err == nil {
			_, err = v.Append(ctx, draft)
		}
		if err != nil {
			return work, fmt.Errorf("demo: %w", err)
		}
	}
	return work, nil
}

// demoRule gives what is written next.
type demoRule func(*questionnaires.Assessment) (questionnaires.Draft, error)

// demoDay is some days from today.
func (d *door) demoDay(days int) questionnaires.Day {
	return questionnaires.DayOf(d.now().AddDate(0, 0, days))
}

// demoRequest asks for one thing, and follows it as far as it has come.
func (d *door) demoRequest(r merchant.Request, papers map[string]questionnaires.ID) []demoRule {
	var id questionnaires.ID
	rules := []demoRule{func(a *questionnaires.Assessment) (draft questionnaires.Draft, err error) {
		if id, err = questionnaires.NewID(d.random); err != nil {
			return draft, err
		}
		return a.AskRequest(questionnaires.Request{ID: id, What: r.What, Requirements: r.Requirements, Owner: r.Owner, Due: d.demoDay(r.Due)})
	}}
	if r.Received != "" {
		rules = append(rules, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.ReceiveRequest(id, papers[r.Received])
		})
	}
	if r.Accepted {
		rules = append(rules, func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.AcceptRequest(id) })
	}
	if r.Returned != "" {
		rules = append(rules, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.ReturnRequest(id, r.Returned)
		})
	}
	return rules
}

// demoRecord records one scan or test.
func (d *door) demoRecord(r merchant.Record, papers map[string]questionnaires.ID) demoRule {
	return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		id, err := questionnaires.NewID(d.random)
		if err != nil {
			return questionnaires.Draft{}, err
		}
		catalogue, err := pci.Catalogue()
		if err != nil {
			return questionnaires.Draft{}, err
		}
		return a.History().RecordActivity(catalogue, questionnaires.Activity{
			ID: id, Kind: r.Kind, On: d.demoDay(-r.Days), Evidence: []questionnaires.ID{papers[r.Document]}, ActivityDetails: r.ActivityDetails,
		}, d.demoDay(0))
	}
}

// demoNote raises one review note.
func (d *door) demoNote(n merchant.Note) demoRule {
	return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		note := questionnaires.ReviewNote{Text: n.Text}
		var err error
		if note.On, err = a.NotePlaceOf(n.Place); err != nil {
			return questionnaires.Draft{}, err
		}
		for _, id := range []*questionnaires.ID{&note.ID, &note.Salt} {
			if *id, err = questionnaires.NewID(d.random); err != nil {
				return questionnaires.Draft{}, err
			}
		}
		return a.RaiseNote(note)
	}
}
