package vault

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// savedDesk is a closed vault of a base and a log of several members.
func savedDesk(t *testing.T) (d *desk, members []member) {
	t.Helper()
	d = newDesk(t)
	v := d.create()
	for _, narrative := range []string{"One", "Two", "Three", "Four"} {
		appendAnswers(t, v, narrative)
	}
	members = v.log.members
	require.Len(t, members, 4)
	require.NoError(t, v.Close())
	return d, members
}

func (d *desk) setLog(b []byte) {
	d.t.Helper()
	require.NoError(d.t, os.WriteFile(logPath(d.path), b, 0o600))
}

func TestSaveAppendsOneMember(t *testing.T) {
	d, members := savedDesk(t)
	base, log := d.bytes(), d.log()
	assert.Equal(t, "g000001-000000000001.age", members[0].name)
	assert.Equal(t, "g000001-000000000004.age", members[3].name)
	v := d.open()
	assert.Equal(t, log, d.log(), "opening writes nothing")
	appendAnswers(t, v, "Five")
	assert.Equal(t, base, d.bytes())
	assert.Equal(t, log, d.log()[:len(log)])
	assert.Less(t, len(d.log())-len(log), 100<<10)
	assert.Len(t, history(t, v).Entries(), 6)
}

func TestTornTailIsLeftOutAndReported(t *testing.T) {
	d, members := savedDesk(t)
	whole := d.log()
	last := members[3]
	for name, tail := range torn(whole, last) {
		d.setLog(tail)
		reader, err := d.tryOpen()
		require.NoError(t, err, name)
		assert.Equal(t, int64(len(tail))-last.at, reader.Recovered(), name)
		assert.Len(t, history(t, reader).Entries(), 4, name)
		require.NoError(t, reader.Close())
		assert.Equal(t, tail, d.log(), "a reader cuts nothing")
		v := d.open()
		appendAnswers(t, v, "After the crash")
		require.NoError(t, v.Close())
		v = d.open()
		require.NoError(t, v.Verify(t.Context()))
		assert.Len(t, history(t, v).Entries(), 5)
		assert.Zero(t, v.Recovered())
		require.NoError(t, v.Close())
	}
}

// torn is a log as a crash in the middle of its last save may leave it: cut, or filled
// up with zeros by the file system. The zeros take sixteen bytes at least, since one
// may be what was sealed there.
func torn(whole []byte, last member) map[string][]byte {
	end := last.at + tarBlock + last.sealed
	logs := map[string][]byte{"cut before its last byte": whole[:end-1]}
	for _, cut := range []int64{last.at + 1, last.at + 511, last.at + 512, last.at + 600, last.at + tarBlock + last.sealed/2, end - 16} {
		logs[fmt.Sprint("cut at ", cut)] = whole[:cut]
		logs[fmt.Sprint("zeros from ", cut)] = append(bytes.Clone(whole[:cut]), make([]byte, int64(len(whole))-cut)...)
	}
	return logs
}

// scratchedDisk cannot read the log from one byte to another.
type scratchedDisk struct {
	realDisk
	from, to int64
}

type scratchedLog struct {
	logFile
	disk scratchedDisk
}

func (d scratchedDisk) openLog(path string, as access) (logFile, error) {
	f, err := d.realDisk.openLog(path, as)
	return scratchedLog{f, d}, err
}

func (f scratchedLog) ReadAt(b []byte, at int64) (int, error) {
	if at < f.disk.to && at+int64(len(b)) > f.disk.from {
		return 0, &os.PathError{Op: "read", Path: "shop.vault-wal", Err: syscall.EIO}
	}
	return f.logFile.ReadAt(b, at)
}

// TestUnreadableIsNoInterruptedSave: what a disk does not give today it may give
// tomorrow, so that nothing is left out or cut off for it, nor called tampering.
func TestUnreadableIsNoInterruptedSave(t *testing.T) {
	d, members := savedDesk(t)
	log := d.log()
	for _, m := range members {
		for name, at := range map[string]int64{"label": m.at, "header": m.at + tarBlock, "content": m.at + tarBlock + m.sealed/2, "padding": m.end() - 1} {
			for _, more := range [][]Option{{ReadOnly()}, {WithAuthor(d.author)}} {
				_, err := d.tryOpen(append(more, withDisk(scratchedDisk{from: at, to: at + 1}))...)
				require.ErrorIs(t, err, syscall.EIO, "%s of %s", name, m.name)
				require.ErrorIs(t, err, errUnreadable)
				var tamper *TamperError
				assert.NotErrorAs(t, err, &tamper)
				assert.Equal(t, log, d.log())
			}
		}
	}
	v := d.open()
	require.NoError(t, v.Verify(t.Context()))
	assert.Len(t, history(t, v).Entries(), 5)
}

func TestFlipInTheMiddleIsNamed(t *testing.T) {
	d, members := savedDesk(t)
	whole := d.log()
	for at := int64(0); at < members[3].at; at += 97 {
		changed := bytes.Clone(whole)
		changed[at] ^= 4
		d.setLog(changed)
		_, err := d.tryOpen(WithAuthor(d.author))
		var tamper *TamperError
		require.ErrorAs(t, err, &tamper, "byte %d", at)
		assert.LessOrEqual(t, tamper.Offset, at+sealedNonce, "at most the end of the age header it is in")
		assert.Equal(t, changed, d.log(), "nothing is cut off")
	}
	d.setLog(whole)
	require.NoError(t, d.open().Verify(t.Context()))
}

func TestMembersTakenOutOrPutElsewhere(t *testing.T) {
	d, m := savedDesk(t)
	whole := d.log()
	piece := func(i int) []byte { return whole[m[i].at:m[i].end()] }
	other, _ := savedDesk(t)
	renamed := bytes.ReplaceAll(bytes.Clone(piece(0)), []byte("g000001"), []byte("g000000"))
	for name, log := range map[string][]byte{
		"first taken out":  bytes.Join([][]byte{piece(1), piece(2), piece(3)}, nil),
		"middle taken out": bytes.Join([][]byte{piece(0), piece(2), piece(3)}, nil),
		"last but one":     bytes.Join([][]byte{piece(0), piece(1), piece(3)}, nil),
		"swapped":          bytes.Join([][]byte{piece(0), piece(2), piece(1), piece(3)}, nil),
		"twice":            bytes.Join([][]byte{piece(0), piece(0), piece(1)}, nil),
		"of another vault": append(append(bytes.Clone(piece(0)), other.log()...), piece(1)...),
	} {
		t.Run(name, func(t *testing.T) {
			d.setLog(log)
			_, err := d.tryOpen(WithAuthor(d.author))
			var tamper *TamperError
			require.ErrorAs(t, err, &tamper)
			assert.Contains(t, tamper.Member, "g000001-")
			assert.Equal(t, log, d.log())
		})
	}
	_, err := readLabel(renamed[:tarBlock])
	require.ErrorIs(t, err, errNoMember, "a header's own checksum counts")
}

func TestCompactionAndItsCrash(t *testing.T) {
	d, _ := savedDesk(t)
	oldBase, oldLog := d.bytes(), d.log()
	v := d.open()
	head, held := v.Head(), history(t, v).Entries()
	var done, total int64
	require.NoError(t, v.Compact(t.Context(), func(d, t int64) { done, total = d, t }))
	assert.Equal(t, total, done)
	assert.Equal(t, head, v.Head())
	assert.Same(t, &held[0], &history(t, v).Entries()[0], "the journal is not read and held twice")
	require.NoError(t, v.Close())
	newBase := d.bytes()
	assert.Empty(t, d.log())

	// The new base is there, and the crash came before the old log was removed.
	d.setLog(oldLog)
	v = d.open()
	assert.Equal(t, head, v.Head())
	assert.Zero(t, v.Recovered())
	appendAnswers(t, v, "In the new generation")
	require.NoError(t, v.Verify(t.Context()))
	require.NoError(t, v.Close())
	assert.Contains(t, string(d.log()[:tarBlock]), "g000002-000000000001.age")
	v = d.open()
	assert.Len(t, history(t, v).Entries(), 6)
	require.NoError(t, v.Close())

	// The old base was put back beside the new log.
	require.NoError(t, os.WriteFile(d.path, oldBase, 0o600))
	_, err := d.tryOpen(WithAuthor(d.author))
	require.ErrorIs(t, err, errNewerLog)
	require.NoError(t, os.WriteFile(d.path, newBase, 0o600))
	require.NoError(t, d.open().Verify(t.Context()))
}

func TestCompactionRemovesALogOfAnInterruptedSaveAlone(t *testing.T) {
	d := newDesk(t)
	require.NoError(t, d.create().Close())
	d.setLog(make([]byte, 700))
	v := d.open()
	assert.EqualValues(t, 700, v.Recovered())
	require.NoError(t, v.Compact(t.Context(), nil))
	assert.NoFileExists(t, logPath(d.path))
	appendAnswers(t, v, "Afterwards")
	require.NoError(t, v.Close())
	v = d.open()
	assert.Zero(t, v.Recovered())
	require.NoError(t, v.Verify(t.Context()))
}

func TestFoldKeepsWhatWasSaved(t *testing.T) {
	d, _ := savedDesk(t)
	v := d.open()
	require.NoError(t, v.log.fold())
	assert.Len(t, v.log.members, 1)
	appendAnswers(t, v, "Afterwards")
	require.NoError(t, v.Verify(t.Context()))
	require.NoError(t, v.Close())
	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
	assert.Len(t, history(t, v).Entries(), 6)
	require.Len(t, v.log.members, 2)
	assert.Equal(t, "g000001-000000000001.age", v.log.members[0].name)
}

func TestFoldLeavesLargeMembersAsTheyAreSealed(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	appendAnswers(t, v, "One")
	appendAnswers(t, v, "Two")
	noise := make([]byte, 2*maxSmall)
	_, err := rand.NewChaCha8([32]byte{1}).Read(noise)
	require.NoError(t, err)
	_, err = v.PutEvidence(t.Context(), questionnaires.Evidence{}, "noise.bin", bytes.NewReader(noise))
	require.NoError(t, err)
	appendAnswers(t, v, "Three")
	large := slices.IndexFunc(v.log.members, func(m member) bool { return m.size >= maxSmall })
	require.Positive(t, large)
	m := v.log.members[large]
	before := d.log()[m.at:m.end()]
	ids := entryIDs(history(t, v))

	require.NoError(t, v.log.fold())
	require.Len(t, v.log.members, 3, "those before, itself, those behind")
	m = v.log.members[1]
	assert.True(t, bytes.Equal(before, d.log()[m.at:m.end()]))
	require.NoError(t, v.Verify(t.Context()))
	require.NoError(t, v.Close())
	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
	assert.Equal(t, ids, entryIDs(history(t, v)))
}

func TestFoldDoesNotReplaceALogOfAnotherProgram(t *testing.T) {
	d, _ := savedDesk(t)
	v := d.open()
	theirs := append(d.log(), "theirs"...)
	d.setLog(theirs)
	require.ErrorContains(t, v.log.fold(), "another program changed the log")
	assert.Equal(t, theirs, d.log())
}

func TestManySavesAreFolded(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	for range manyMembers + 5 {
		appendAnswers(t, v, "Again")
	}
	assert.Less(t, len(v.log.members), 10)
	require.NoError(t, v.Close())
	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
	assert.Len(t, history(t, v).Entries(), manyMembers+6)
}

func TestReaderBesideAWriter(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	appendAnswers(t, v, "One")
	reader := d.open(ReadOnly())
	appendAnswers(t, v, "Two")
	assert.Len(t, history(t, reader).Entries(), 2, "as it was when it was opened")
	require.NoError(t, reader.Verify(t.Context()))
	require.NoError(t, v.Compact(t.Context(), nil))
	require.NoError(t, reader.Verify(t.Context()), "compaction takes nothing away from who reads")
	again := d.open(ReadOnly())
	assert.Len(t, history(t, again).Entries(), 3)
}

// TestStrangerRecoversAnUncompactedVault keeps the promise of the five commands:
// age, tar and sqlite3 are enough, also for a vault whose program was killed.
func TestStrangerRecoversAnUncompactedVault(t *testing.T) {
	for _, program := range []string{"age", "sqlite3", "tar", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %s is not installed, so that nobody else read the vault", program)
		}
	}
	d := newDesk(t)
	v := d.create()
	_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "Notes"}, "notes.txt", strings.NewReader("seen live"))
	require.NoError(t, err)
	appendAnswers(t, v, "Read by a stranger", "And another")
	folder := t.TempDir()
	for name, content := range map[string][]byte{"me": []byte(d.identity.String() + "\n"), "shop.vault": d.bytes(), "shop.vault-wal": d.log()} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	script := `set -e
age -d -i me shop.vault >a.db; sqlite3 'file:a.db?immutable=1' 'select identity from _journal' >jk
tar xf shop.vault-wal; for f in g*.age; do age -d -i jk $f; done >a.db-wal
sqlite3 a.db 'pragma integrity_check; select count(*) from entries; select payload from journal where action = '"'answer-given'"' order by time limit 1'`
	command := exec.Command("sh", "-c", script)
	command.Dir = folder
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, 3, "%s", out)
	assert.Equal(t, []string{"ok", "4"}, lines[:2])
	assert.JSONEq(t, `{"requirement":"2.2.6","response":"in-place","narrative":"Read by a stranger"}`, lines[2])
}

func TestWhatWasSavedIsNeverWrittenAgain(t *testing.T) {
	l := &sealedLog{size: 100}
	_, err := l.WriteAt([]byte("x"), 50)
	require.Error(t, err)
	require.Error(t, l.Truncate(0))
}
