package vault

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// faultyDisk fails at one step, or stops there as a crash would.
type faultyDisk struct {
	realDisk
	step  string
	cause error
}

type faultyFile struct {
	file
	disk *faultyDisk
}

func (d *faultyDisk) at(step string) error {
	if d.step == step {
		return d.cause
	}
	return nil
}

func (d *faultyDisk) create(path string) (file, error) {
	if err := d.at("create"); err != nil {
		return nil, err
	}
	f, err := d.realDisk.create(path)
	return faultyFile{f, d}, err
}

func (d *faultyDisk) openLog(path string, as access) (logFile, error) {
	if err := d.at("create"); err != nil && as == toMake {
		return nil, err
	}
	f, err := d.realDisk.openLog(path, as)
	return faultyLog{f, d}, err
}

type faultyLog struct {
	logFile
	disk *faultyDisk
}

// WriteAt writes half of what it is given before it fails.
func (f faultyLog) WriteAt(b []byte, at int64) (int, error) {
	if err := f.disk.at("write"); err != nil {
		n, _ := f.logFile.WriteAt(b[:len(b)/2], at)
		return n, err
	}
	return f.logFile.WriteAt(b, at)
}

func (f faultyLog) Sync() error { return errors.Join(f.disk.at("sync"), f.logFile.Sync()) }

func (d *faultyDisk) rename(from, to string) error {
	return errors.Join(d.at("rename"), d.realIfFine("rename", func() error { return d.realDisk.rename(from, to) }))
}

func (d *faultyDisk) syncFolder(path string) error {
	return errors.Join(d.at("folder"), d.realDisk.syncFolder(path))
}

func (d *faultyDisk) remove(path string) error {
	if d.step == "crash" {
		return d.cause
	}
	return d.realDisk.remove(path)
}

func (d *faultyDisk) realIfFine(step string, do func() error) error {
	if d.step == step || d.step == "crash" {
		return d.cause
	}
	return do()
}

func (f faultyFile) Write(b []byte) (int, error) {
	if err := f.disk.at("write"); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f faultyFile) Sync() error { return errors.Join(f.disk.at("sync"), f.file.Sync()) }

func TestFailedSaveLeavesTheLogAsItWas(t *testing.T) {
	cause := errors.New("no space left on device")
	for step, poisons := range map[string]bool{"write": false, "sync": true} {
		t.Run(step, func(t *testing.T) {
			d := newDesk(t)
			disk := &faultyDisk{}
			v := d.create(withDisk(disk))
			appendAnswers(t, v, "Before")
			before, head := d.log(), v.Head()
			disk.step, disk.cause = step, cause
			_, err := v.Append(t.Context(), answer("Lost"))
			require.ErrorIs(t, err, cause)
			assert.Equal(t, head, v.Head())

			disk.step = ""
			_, err = v.Append(t.Context(), answer("Again"))
			if poisons {
				require.ErrorIs(t, err, ErrPoisoned)
				require.ErrorContains(t, err, cause.Error())
				require.NoError(t, v.Close())
				v = d.open()
				require.NoError(t, v.Verify(t.Context()), "either state is whole")
				return
			}
			require.NoError(t, err, "when there is room again, it is saved")
			assert.Equal(t, before, d.log()[:len(before)])
			require.NoError(t, v.Close())
			v = d.open()
			require.NoError(t, v.Verify(t.Context()))
			assert.Zero(t, v.Recovered())
			assert.Len(t, history(t, v).Entries(), 3)
		})
	}
}

func TestLogThatCannotBeMade(t *testing.T) {
	d := newDesk(t)
	disk := &faultyDisk{}
	v := d.create(withDisk(disk))
	disk.step, disk.cause = "create", errors.New("permission denied")
	_, err := v.Append(t.Context(), answer("Lost"))
	require.ErrorIs(t, err, disk.cause)
	assert.NoFileExists(t, logPath(d.path))
	disk.step = ""
	appendAnswers(t, v, "Again")
	require.NoError(t, v.Verify(t.Context()))
}

func TestFailedCompactionLeavesTheVaultAsItWas(t *testing.T) {
	cause := errors.New("no space left on device")
	for step, poisons := range map[string]bool{"create": false, "write": false, "rename": false, "sync": true, "folder": true} {
		t.Run(step, func(t *testing.T) {
			d := newDesk(t)
			disk := &faultyDisk{}
			v := d.create(withDisk(disk))
			appendAnswers(t, v, "Before")
			before, head := d.bytes(), v.Head()
			disk.step, disk.cause = step, cause
			require.ErrorIs(t, v.Compact(t.Context(), nil), cause)
			assert.Equal(t, head, v.Head())
			assert.NoFileExists(t, replacement(d.path))
			disk.step = ""
			if step != "folder" {
				assert.Equal(t, before, d.bytes())
			}
			_, err := v.Append(t.Context(), answer("Afterwards"))
			if poisons {
				require.ErrorIs(t, err, ErrPoisoned)
				require.NoError(t, v.Close())
				v = d.open()
				appendAnswers(t, v, "Afterwards")
			} else {
				require.NoError(t, err)
			}
			require.NoError(t, v.Close())
			v = d.open()
			require.NoError(t, v.Verify(t.Context()))
			assert.Len(t, history(t, v).Entries(), 3)
		})
	}
}

func TestCrashInCompactionBeforeTheRename(t *testing.T) {
	d := newDesk(t)
	disk := &faultyDisk{}
	v := d.create(withDisk(disk))
	appendAnswers(t, v, "Before")
	before := d.bytes()
	disk.step, disk.cause = "crash", errors.New("power cut")
	require.ErrorIs(t, v.Compact(t.Context(), nil), disk.cause)
	require.FileExists(t, replacement(d.path))
	require.NoError(t, v.lock.file.Close(), "a dead process holds no lock")

	reader, err := d.tryOpen()
	require.NoError(t, err)
	assert.Len(t, history(t, reader).Entries(), 2)
	require.NoError(t, reader.Close())
	require.FileExists(t, replacement(d.path), "a reader removes nothing")
	assert.Equal(t, before, d.bytes())
	v2 := d.open()
	assert.NoFileExists(t, replacement(d.path))
	appendAnswers(t, v2, "After the crash")
	require.NoError(t, v2.Verify(t.Context()))
}

func TestFileReplacedByAnotherProgramIsNotOverwritten(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	appendAnswers(t, v, "Mine")
	require.NoError(t, os.WriteFile(d.path+".synced", []byte("theirs"), 0o600))
	require.NoError(t, os.Rename(d.path+".synced", d.path))
	_, err := v.Append(t.Context(), answer("Over it"))
	require.ErrorContains(t, err, "another program put a different file in its place")
	assert.Equal(t, "theirs", string(d.bytes()))
}

// openBytes opens and verifies a file of given bytes and checks that opening left it alone.
func openBytes(t *testing.T, d *desk, b []byte) error {
	t.Helper()
	require.NoError(t, os.RemoveAll(logPath(d.path)))
	require.NoError(t, os.WriteFile(d.path, b, 0o600))
	v, err := d.tryOpen(WithAuthor(d.author))
	if err == nil {
		err = errors.Join(v.Verify(t.Context()), v.Close())
	}
	assert.True(t, bytes.Equal(b, d.bytes()), "opening changed the file")
	return err
}

func TestEveryFlipIsTold(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	appendAnswers(t, v, "Honest")
	takeNoise(t, v)
	require.NoError(t, v.Compact(t.Context(), nil))
	require.NoError(t, v.Close())
	whole := d.bytes()
	header, err := age.ExtractHeader(bytes.NewReader(whole))
	require.NoError(t, err)
	step := len(whole)/150 + 1
	for at := 0; at < len(whole); {
		changed := bytes.Clone(whole)
		changed[at] ^= 1 << (at % 8)
		err := openBytes(t, d, changed)
		require.Error(t, err, "byte %d", at)
		if at >= len(header) {
			var tamper *TamperError
			require.ErrorAs(t, err, &tamper, "byte %d", at)
			assert.Equal(t, "shop.vault", tamper.Member)
			assert.LessOrEqual(t, tamper.Offset, int64(at))
		}
		if at < len(header)+sealedNonce {
			at += 3
		} else {
			at += step
		}
	}
	require.NoError(t, openBytes(t, d, whole))
}

// takeNoise makes a vault of several sealed chunks.
func takeNoise(t *testing.T, v *Vault) {
	t.Helper()
	noise := make([]byte, 200_000)
	_, err := rand.NewChaCha8([32]byte{1}).Read(noise)
	require.NoError(t, err)
	_, err = v.PutEvidence(t.Context(), questionnaires.Evidence{}, "noise.bin", bytes.NewReader(noise))
	require.NoError(t, err)
}

func TestCutShort(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	takeNoise(t, v)
	require.NoError(t, v.Compact(t.Context(), nil))
	require.NoError(t, v.Close())
	whole := d.bytes()
	lengths := []int{0, 1, 21, 22, 23, 100, 200, 230, 65_536, len(whole) / 2, len(whole) - 16, len(whole) - 1}
	for _, n := range lengths {
		err := openBytes(t, d, whole[:n])
		var tamper *TamperError
		require.ErrorAs(t, err, &tamper, "%d bytes", n)
		require.ErrorContains(t, err, "open "+d.path+": ")
	}
	require.Error(t, openBytes(t, d, append(bytes.Clone(whole), 0)), "a byte too many")
}

func seal(t *testing.T, d *desk, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := age.Encrypt(&b, d.identity.Recipient())
	require.NoError(t, err)
	_, err = w.Write(plain)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func image(t *testing.T, v *Vault) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, v.db.pages(t.Context(), &b))
	return b.Bytes()
}

func TestFilesThatAreNoVault(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	plain := image(t, v)
	require.NoError(t, v.db.exec("pragma user_version=7"))
	newer := image(t, v)
	require.NoError(t, v.db.exec("pragma user_version=1; create trigger t after insert on entries begin delete from entries; end"))
	triggerAtUpgrade := image(t, v)
	require.NoError(t, v.db.exec(fmt.Sprintf("pragma user_version=%d", schemaVersion)))
	trigger := image(t, v)
	require.NoError(t, v.Close())
	noWAL := bytes.Clone(plain)
	noWAL[18], noWAL[19] = 1, 1
	other, err := openDatabase()
	require.NoError(t, err)
	defer other.close()
	require.NoError(t, other.exec("pragma page_size=4096; create table t(a)"))
	var foreign bytes.Buffer
	require.NoError(t, other.pages(t.Context(), &foreign))

	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"text":              {[]byte("Dear auditor, please find attached"), "it is no age file"},
		"bare database":     {plain, "no age file"},
		"armored":           {[]byte("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl"), "armored"},
		"sealed text":       {seal(t, d, []byte("hello")), "holds no SQLite database"},
		"sealed nothing":    {seal(t, d, nil), "holds no SQLite database"},
		"another database":  {seal(t, d, foreign.Bytes()), "is no vault's"},
		"half a database":   {seal(t, d, plain[:len(plain)-100]), "not of whole pages"},
		"not in WAL mode":   {seal(t, d, noWAL), "not in WAL mode"},
		"from the future":   {seal(t, d, newer), "schema 7"},
		"with a trigger":    {seal(t, d, trigger), "not those of a vault"},
		"to be upgraded":    {seal(t, d, triggerAtUpgrade), "not those of a vault"},
		"zeroed after head": {seal(t, d, append(bytes.Clone(plain[:100]), make([]byte, len(plain)-100)...)), "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			err := openBytes(t, d, c.file)
			require.ErrorContains(t, err, c.says)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
	require.ErrorIs(t, openBytes(t, d, seal(t, d, newer)), ErrNewer)
	require.NoError(t, openBytes(t, d, seal(t, d, plain)))
}

func TestWrongIdentity(t *testing.T) {
	d := newDesk(t)
	require.NoError(t, d.create().Close())
	other, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	for _, identities := range [][]age.Identity{nil, {other}} {
		_, err = Open(t.Context(), d.path, identities)
		require.ErrorIs(t, err, ErrNoIdentity)
	}
	var none *age.NoIdentityMatchError
	require.ErrorAs(t, err, &none)
	_, err = Open(t.Context(), filepath.Join(t.TempDir(), "absent.vault"), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// bomb is a zstd frame of a few bytes that would unpack to 64 MiB.
func bomb(t *testing.T) []byte {
	t.Helper()
	c, err := newCodec()
	require.NoError(t, err)
	return c.encoder.EncodeAll(make([]byte, 64<<20), nil)
}

func TestChangedContentIsNamed(t *testing.T) {
	body := bytes.Repeat([]byte("evidence "), 100_000)
	digest := engine.Sum(body)
	cases := map[string]struct {
		change string
		args   []any
		says   string
	}{
		"content":   {"update chunks set data = ?, encoding = 'raw', size = 9 where size = 262144 and place = 1", []any{[]byte("different")}, digest.String()},
		"bomb":      {"update chunks set data = ? where encoding = 'zstd' and place = 0", []any{bomb(t)}, "unpack"},
		"missing":   {"delete from chunks where place = 2", nil, "chunk 2 is not there"},
		"size":      {"update documents set size = 1 << 50 where size = ?", []any{len(body)}, "impossible"},
		"signature": {"update entries set signature = zeroblob(64) where action = 'answer-given'", nil, "signature does not hold"},
		"author":    {"update entries set author = zeroblob(32) where action = 'answer-given'", nil, "not enrolled before it"},
		"subject":   {"update entries set subject = '1.1.1' where action = 'answer-given'", nil, "it was changed"},
		"side log":  {"update entries set subject = 'another' where action = 'report-printed'", nil, "it was changed"},
		"payload":   {"update entries set payload = zeroblob(32) where action = 'answer-given'", nil, "payload is not what was signed"},
		"identity":  {"update _journal set identity = 'AGE-SECRET-KEY-1CANARY'", nil, "its identity or generation is none"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			v := d.create()
			_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{}, "a.txt", bytes.NewReader(body))
			require.NoError(t, err)
			appendAnswers(t, v, "Signed")
			_, err = v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.ReportPrinted, Subject: "report", Payload: "x"})
			require.NoError(t, err)
			require.NoError(t, v.db.exec(c.change, c.args...))
			// Whoever holds a recipient can seal a vault; what it says is checked still.
			sealed := seal(t, d, image(t, v))
			require.NoError(t, v.Close())
			require.NoError(t, os.Remove(logPath(d.path)))
			require.NoError(t, os.WriteFile(d.path, sealed, 0o600))
			v, err = d.tryOpen(ReadOnly())
			if err == nil {
				err = errors.Join(v.Verify(t.Context()), v.Close())
			}
			var tamper *TamperError
			require.ErrorAs(t, err, &tamper)
			require.ErrorContains(t, err, c.says)
			assert.NotContains(t, err.Error(), "CANARY")
		})
	}
}

func TestEntryTakenOutIsToldAtOpening(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	appendAnswers(t, v, "One", "Two")
	require.NoError(t, v.db.exec("delete from entries where sequence = 2"))
	sealed := seal(t, d, image(t, v))
	require.NoError(t, v.Close())
	err := openBytes(t, d, sealed)
	var tamper *TamperError
	require.ErrorAs(t, err, &tamper)
	assert.Equal(t, "journal", tamper.Member)
}
