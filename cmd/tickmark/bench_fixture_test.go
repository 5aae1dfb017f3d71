//go:build linux

package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/vault"
)

func (b *engagementBench) path() string { return filepath.Join(b.folder, "whole.vault") }

// build makes the vault, once.
func (b *engagementBench) build() {
	kept, err := filepath.Abs("../../.cache/bench-engagement/2")
	require.NoError(b, err)
	b.folder = kept
	d := outside()
	d.config, d.state = filepath.Join(kept, "tickmark"), filepath.Join(kept, "state", "tickmark")
	b.door = d
	if _, err := os.Stat(filepath.Join(kept, "built")); err == nil {
		return
	}
	b.Log("building the vault, once")
	require.NoError(b, os.RemoveAll(kept))
	require.NoError(b, os.MkdirAll(kept, 0o700))
	b.tickmark("new", b.path(), "--questionnaire", "roc", "--entity", "Copperline Outfitters")
	v, err := d.open(b.Context(), b.path(), opening{})
	require.NoError(b, err)
	catalogue, err := pci.Catalogue()
	require.NoError(b, err)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range benchAssessments {
		name := fmt.Sprint("Shop ", i+1)
		id, err := questionnaires.NewID(d.random)
		require.NoError(b, err)
		if i == 0 {
			a, err := d.assessmentOf(b.Context(), v, "")
			require.NoError(b, err)
			id = a.Details.ID
		} else {
			draft, err := questionnaires.NewAssessment(catalogue, questionnaires.AssessmentDetails{ID: id, Questionnaire: "roc", Name: name})
			require.NoError(b, err)
			_, err = v.Append(b.Context(), draft)
			require.NoError(b, err)
		}
		b.fillAssessment(v, id, random)
	}
	require.NoError(b, v.Compact(b.Context(), nil))
	require.NoError(b, v.Close())
	require.NoError(b, os.WriteFile(filepath.Join(kept, "built"), nil, 0o600))
}

// fillAssessment asks, receives, decides and answers.
func (b *engagementBench) fillAssessment(v *vault.Vault, id questionnaires.ID, random *rand.Rand) {
	assessment := func() *questionnaires.Assessment {
		a, err := b.door.assessmentOf(b.Context(), v, string(id))
		require.NoError(b, err)
		return a
	}
	a := assessment()
	asked := a.Requirements()
	_, last, err := a.History().Requests()
	require.NoError(b, err)
	var drafts []questionnaires.Draft
	for n := range benchRequests {
		r := questionnaires.Request{
			What: fmt.Sprintf("Papers %d of %s\nwith the tickets that belong to it", n, asked[n%len(asked)].Title), Requirements: []questionnaires.RequirementID{asked[n%len(asked)].ID},
			Owner: []string{"Nadia", "Jonas", "Petra", "Ivo"}[n%4], Due: questionnaires.Day(fmt.Sprintf("2026-%02d-15", 1+n%12)), System: "edge",
		}
		r.ID, err = questionnaires.NewID(b.door.random)
		require.NoError(b, err)
		draft, err := a.AskRequest(r)
		require.NoError(b, err)
		last++
		asking, _ := draft.Payload.(questionnaires.Request)
		asking.Number, draft.Payload = last, asking
		drafts = append(drafts, draft)
	}
	_, err = v.Append(b.Context(), drafts...)
	require.NoError(b, err)
	a = assessment()
	for some := range slices.Chunk(a.Requests(), 40) {
		b.fillRequests(v, a, some, random)
	}
	a, drafts = assessment(), nil
	for i, r := range a.Requests() {
		draft, err := a.AcceptRequest(r.ID)
		if i%3 == 0 {
			draft, err = a.ReturnRequest(r.ID, "The review of autumn is missing.")
		}
		require.NoError(b, err)
		drafts = append(drafts, draft)
	}
	for n := range benchAnswers * len(asked) {
		r := asked[n%len(asked)]
		drafts = append(drafts, questionnaires.Draft{Assessment: id, Action: questionnaires.AnswerGiven, Subject: r.ID.String(), Payload: questionnaires.Answer{
			Requirement: r.ID, Response: questionnaires.InPlace, Narrative: fmt.Sprintf("Revision %d: examined the papers of %s.", n, r.Title),
			Methods: []questionnaires.Method{questionnaires.Examine}, Evidence: []questionnaires.ID{a.LatestEvidence()[n%100].ID},
		}})
	}
	_, err = v.Append(b.Context(), drafts...)
	require.NoError(b, err)
}

// fillRequests receives files for requests, by one save.
func (b *engagementBench) fillRequests(v *vault.Vault, a *questionnaires.Assessment, some []questionnaires.Request, random *rand.Rand) {
	require.NoError(b, v.Update(b.Context(), func(tx *vault.Tx) error {
		h, err := tx.History()
		if err != nil {
			return err
		}
		number := h.LastNumber(questionnaires.EvidenceKind(0))
		for _, r := range some {
			var came []questionnaires.ID
			for i := range benchFiles {
				text := make([]byte, 500+random.IntN(4000))
				for j := range text {
					text[j] = byte('a' + random.IntN(26))
				}
				document := engine.NewDocument(engine.Ref{}, text)
				number++
				item := questionnaires.Evidence{Number: number, Requirements: r.Requirements, File: &questionnaires.FileSource{
					Digest: document.Digest, Name: fmt.Sprintf("%s - paper %d.txt", r.Label(), i), Size: int64(len(text)), Obtained: questionnaires.ProvidedByEntity,
				}}
				if item.ID, err = tx.NewID(); err != nil {
					return err
				}
				draft, err := h.Attach(item, tx.Now())
				if err != nil {
					return err
				}
				if err := tx.PutDocument(document); err != nil {
					return err
				}
				if _, err := tx.Append(draft); err != nil {
					return err
				}
				if came = append(came, item.ID); len(came) < benchFiles/benchDeliveries {
					continue
				}
				if _, err := tx.Append(a.Delivery(r, came...)); err != nil {
					return err
				}
				came = nil
			}
		}
		return nil
	}))
}

// fillRecords records what was done and what changed, for the calendar.
func (b *engagementBench) fillRecords(v *vault.Vault) {
	catalogue, err := pci.Catalogue()
	require.NoError(b, err)
	h, err := v.History(b.Context())
	require.NoError(b, err)
	var drafts []questionnaires.Draft
	today := questionnaires.DayOf(b.door.now())
	for n := range benchRecords {
		id, err := questionnaires.NewID(b.door.random)
		require.NoError(b, err)
		on := questionnaires.DayOf(b.door.now().AddDate(0, 0, -n))
		kind := []questionnaires.ActivityKind{questionnaires.InternalScanKind, questionnaires.TrainingKind, questionnaires.PolicyReviewKind}[n%3]
		draft, err := h.RecordActivity(catalogue, questionnaires.Activity{ID: id, Kind: kind, On: on, What: fmt.Sprint("Round ", n)}, today)
		if n%5 == 4 {
			draft, err = h.RecordChange(questionnaires.SignificantChange{ID: id, On: on, What: fmt.Sprint("New zone ", n)}, today)
		}
		require.NoError(b, err)
		drafts = append(drafts, draft)
	}
	_, err = v.Append(b.Context(), drafts...)
	require.NoError(b, err)
}

// folderOf fills a folder with files for requests, once: half of them text, half of them
// such as pictures are.
func (b *engagementBench) folderOf(name string, files int, size int64) string {
	folder := filepath.Join(b.folder, name)
	if _, err := os.Stat(filepath.Join(folder, "built")); err == nil {
		return filepath.Join(folder, "sent")
	}
	sent := filepath.Join(folder, "sent")
	require.NoError(b, os.MkdirAll(sent, 0o700))
	random := rand.NewChaCha8([32]byte{1})
	text := []byte(strings.Repeat("2026-10-12 09:14 rule 4711 of the edge firewall was reviewed by the network team, ticket CHG-1182.\n", 10_000))
	body := make([]byte, size/int64(files))
	for i := range files {
		_, _ = random.Read(body[:min(len(body), 64)])
		if i%2 == 0 {
			_, _ = random.Read(body)
		} else {
			copy(body[min(len(body), 64):], text)
		}
		request := 1 + i%benchRequests
		if files == benchOfOne {
			request = 1
		}
		require.NoError(b, os.WriteFile(filepath.Join(sent, fmt.Sprintf("Req-%d - %05d.txt", request, i)), body, 0o600))
	}
	require.NoError(b, os.WriteFile(filepath.Join(folder, "built"), nil, 0o600))
	return sent
}

// plainCopy copies a folder to the same disk, each file forced there, and sums it up.
func (b *engagementBench) plainCopy(from string) watch {
	to, err := os.MkdirTemp(b.folder, "scratch-")
	require.NoError(b, err)
	defer os.RemoveAll(to)
	floor := startWatch()
	err = filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		in, err := os.Open(path)
		if err != nil {
			return err
		}
		defer in.Close()
		out, err := os.Create(filepath.Join(to, entry.Name()))
		if err != nil {
			return err
		}
		_, err = io.Copy(io.MultiWriter(out, sha256.New()), in)
		require.NoError(b, out.Sync())
		require.NoError(b, out.Close())
		return err
	})
	require.NoError(b, err)
	return floor.stop()
}
