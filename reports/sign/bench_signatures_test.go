//go:build unix

package sign_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tickmark/reports/pdf"
	"tickmark/reports/sign"
	"tickmark/testdata/figures"
)

// medianWork is the median processor time of some rounds of ten of each job, taken in turn.
func medianWork(t *testing.T, jobs ...func()) []time.Duration {
	t.Helper()
	const rounds, each = 9, 10
	worked := func() time.Duration {
		var u syscall.Rusage
		require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	all := make([][]time.Duration, len(jobs))
	for range rounds {
		for i, job := range jobs {
			began := worked()
			for range each {
				job()
			}
			all[i] = append(all[i], (worked()-began)/each)
		}
	}
	medians := make([]time.Duration, len(jobs))
	for i, times := range all {
		slices.Sort(times)
		medians[i] = times[rounds/2]
	}
	return medians
}

// TestBenchSignatures is the signing half of `make bench-reports`: one signature made and
// two verified on a printed record of about 300 pages. The floor of either reads the file, and for
// each signature takes the digest of the whole file and does one operation with the key.
func TestBenchSignatures(t *testing.T) {
	if os.Getenv("TICKMARK_BENCH_REPORTS") == "" {
		t.Skip("runs by `make bench-reports` alone")
	}
	ada, eva := newSigner(t, "Ada Auditor"), newSigner(t, "Eva Officer")
	base, pages := record(t)
	card, err := pdf.SignatureCard(pdf.Card{Name: "Ada Auditor", Subject: "CN=Ada Auditor", Issuer: "CN=Ada Auditor", Time: when, Reason: "Prepared this record"})
	require.NoError(t, err)
	o := sign.Options{Signer: ada.key, Chain: ada.chain, Field: "preparer", Reason: "Prepared this record", When: when, Appearance: card}
	one, err := sign.Sign(base, o)
	require.NoError(t, err)
	signed := eva.sign(t, one, "officer", nil)
	unsignedFile, signedFile := filepath.Join(t.TempDir(), "base.pdf"), filepath.Join(t.TempDir(), "signed.pdf")
	require.NoError(t, os.WriteFile(unsignedFile, base, 0o600))
	require.NoError(t, os.WriteFile(signedFile, signed, 0o600))
	trust := sign.VerifyOptions{Now: when.Add(time.Hour), Roots: []*x509.Certificate{ada.chain[0], eva.chain[0]}}
	// The live heap here is so small that it would be collected at every turn, ours and the
	// floor's; a program that signs one report does not come to it.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	key, sum := ada.chain[0].PublicKey.(*ecdsa.PublicKey), sha256.Sum256(signed)
	signature, err := ada.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	require.NoError(t, err)
	read := func(path string) []byte {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return text
	}
	times := medianWork(
		t,
		func() {
			_, err := sign.Sign(read(unsignedFile), o)
			require.NoError(t, err)
		},
		func() {
			sum := sha256.Sum256(read(unsignedFile))
			_, err := ada.key.Sign(rand.Reader, sum[:], crypto.SHA256)
			require.NoError(t, err)
		},
		func() {
			v, err := sign.Verify(read(signedFile), trust)
			require.NoError(t, err)
			require.Equal(t, sign.IntactTrusted, v.Status)
		},
		func() {
			text := read(signedFile)
			for range 2 {
				sum := sha256.Sum256(text)
				require.True(t, ecdsa.VerifyASN1(key, sum[:], signature))
			}
		},
	)
	row := func(measure string, ours, floor time.Duration) string {
		ratio := float64(ours) / float64(floor)
		return fmt.Sprintf("| %s | ≤ 3x | %.1fx | %s | %.2f ms, beside %.2f ms |\n", measure, ratio, map[bool]string{true: "yes", false: "**no**"}[ratio <= 3], float64(ours.Microseconds())/1000, float64(floor.Microseconds())/1000)
	}
	table := fmt.Sprintf("A printed record of %d pages and %d KB, ECDSA P-256.\n\n| measure | to reach | it is | reached | times |\n|---|---|---|---|---|\n", pages, len(base)/1000) +
		row("make one signature", times[0], times[1]) + row("verify two signatures", times[2], times[3])
	fmt.Print("\n", table)
	figures.Write(t, "bench-signatures", table)
}
