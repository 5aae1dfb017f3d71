package vault

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// touched is what system calls were asked for with each path: words such as `write`
// and `rename`. Reading is left out.
type touched map[string][]string

var (
	traced = regexp.MustCompile(`^\d+ +(\w+)\((.*)$`)
	named  = regexp.MustCompile(`(?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"((?:[^"\\]|\\.)*)"`)
	writes = regexp.MustCompile(`\bO_(WRONLY|RDWR|CREAT|TMPFILE|TRUNC|APPEND)\b|__O_TMPFILE`)
)

// readTrace reads what strace wrote down. A call that failed counts as well.
func readTrace(t *testing.T, r io.Reader) touched {
	t.Helper()
	all := touched{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		call := traced.FindStringSubmatch(lines.Text())
		if call == nil {
			continue // a signal, an exit, or the end of a call that began above
		}
		verb := call[1]
		if strings.HasPrefix(verb, "open") || verb == "creat" {
			if !writes.MatchString(call[2]) && verb != "creat" {
				continue
			}
			verb = "write"
		}
		for _, path := range named.FindAllStringSubmatch(call[2], -1) {
			name := path[2]
			if !filepath.IsAbs(name) {
				name = filepath.Join(path[1], name)
			}
			if !slices.Contains(all[name], verb) {
				all[name] = append(all[name], verb)
			}
		}
	}
	require.NoError(t, lines.Err())
	return all
}

// changing are the system calls that open, make, rename or remove files.
const changing = "open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat," +
	"mkdir,mkdirat,mknod,mknodat,unlink,unlinkat,rmdir,truncate,memfd_create"

// trace runs a command and returns what it touched.
func trace(t *testing.T, command *exec.Cmd) touched {
	t.Helper()
	tracer, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED: strace is not installed, so that nobody saw which files are written")
	}
	if out, err := exec.Command(tracer, "-f", "--seccomp-bpf", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: strace may not trace here: %v: %s", err, out)
	}
	record := filepath.Join(t.TempDir(), "trace")
	command.Args = slices.Concat([]string{tracer, "-f", "--seccomp-bpf", "-qq", "-y", "-s", "4096", "-o", record, "-e", "trace=" + changing}, []string{command.Path}, command.Args[1:])
	command.Path = tracer
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	f, err := os.Open(record)
	require.NoError(t, err)
	defer f.Close()
	return readTrace(t, f)
}

// only fails for every path that was touched and is neither one of the vaults' nor in
// a folder that may be written to.
func (all touched) only(t *testing.T, vaults []string, folders ...string) {
	t.Helper()
	var own []string
	for _, vault := range vaults {
		own = append(own, vault, logPath(vault), vault+".lock", replacement(vault), replacement(logPath(vault)))
	}
	for path, verbs := range all {
		within := slices.ContainsFunc(folders, func(folder string) bool {
			return path == folder || strings.HasPrefix(path, folder+"/")
		})
		if !within && !slices.Contains(own, path) {
			t.Errorf("%s: %s", path, strings.Join(verbs, ", "))
		}
	}
}

// TestWritesNothingBesidesTheVault traces a run of everything that a vault does, with
// sorts far larger than SQLite's memory, down to the system calls.
func TestWritesNothingBesidesTheVault(t *testing.T) {
	if path := os.Getenv("TICKMARK_TRACED_VAULT"); path != "" {
		doEverything(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "shop.vault")
	all := trace(t, child(t, "TestWritesNothingBesidesTheVault", "TICKMARK_TRACED_VAULT="+path))
	all.only(t, []string{path})
	assert.Contains(t, all[path], "renameat", "compaction replaced the vault")
	assert.Contains(t, all[logPath(path)], "write")
	assert.Contains(t, all[logPath(path)], "renameat", "the log was folded")
	assert.Contains(t, all[logPath(path)], "unlinkat", "the log was removed")
	assert.Contains(t, all[path+".lock"], "write")
	assert.Contains(t, all[replacement(path)], "write")
}

// child runs one test of this program alone. What it would spill goes to an empty
// folder.
func child(t *testing.T, test string, environment ...string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	spill := t.TempDir()
	command.Env = append(os.Environ(), append(environment, "TMPDIR="+spill, "SQLITE_TMPDIR="+spill)...)
	return command
}

// sorts are queries that a plain SQLite sorts on the disk.
var sorts = []string{
	`with recursive c(x) as (select 1 union all select x + 1 from c where x < 60000)
		select count(*) from (select hex(randomblob(150)) as b, x from c order by b limit 50000)`,
	"select count(*) from (select distinct a.payload || b.id || a.sequence from entries a, entries b, entries c order by 1)",
	"select count(*) from pragma_integrity_check",
}

func doEverything(t *testing.T, path string) {
	ctx := context.Background()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	v, err := Create(ctx, path, []age.Recipient{identity.Recipient()}, WithAuthor(signer(t, "Ada Auditor", 1)), ForEntity("Corner Shop"))
	require.NoError(t, err)
	_, err = v.Collect(ctx, collection(cluster{name: "shop", n: 200}))
	require.NoError(t, err)
	noise := make([]byte, 6<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
	_, err = v.PutEvidence(ctx, questionnaires.Evidence{Title: "Scan"}, "scan.bin", strings.NewReader(string(noise)))
	require.NoError(t, err)
	for i := range 40 {
		appendAnswers(t, v, fmt.Sprint("answer ", i))
	}
	for _, sort := range sorts {
		var n int
		require.NoError(t, v.db.row(sort).Scan(&n))
	}
	require.NoError(t, v.db.exec("begin; create temp table spill as select hex(randomblob(500)) as b from entries a, entries b; create index temp.i on spill(b); rollback"))
	require.NoError(t, v.log.fold())
	require.NoError(t, v.Verify(ctx))
	require.NoError(t, v.Compact(ctx, nil))
	appendAnswers(t, v, "after the compaction")
	require.NoError(t, v.Close())
	for _, opts := range [][]Option{{WithAuthor(signer(t, "Ada Auditor", 1))}, {ReadOnly()}} {
		v, err = Open(ctx, path, []age.Identity{identity}, opts...)
		require.NoError(t, err)
		require.NoError(t, v.Verify(ctx))
		require.NoError(t, v.Close())
	}
}

// TestVerbsWriteNothingBesidesTheVault traces the command line through the main job.
// Keys, the remembered head and the report have their places.
func TestVerbsWriteNothingBesidesTheVault(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "tickmark")
	build, err := exec.Command("go", "build", "-o", program, "../cmd/tickmark").CombinedOutput()
	require.NoError(t, err, "%s", build)
	merchant, err := filepath.Abs(filepath.Join("..", "testdata", "merchant", "cluster"))
	require.NoError(t, err)
	work := filepath.Join(folder, "work")
	require.NoError(t, os.Mkdir(work, 0o700))
	scan := filepath.Join(folder, "scan.bin")
	noise := make([]byte, 6<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
	require.NoError(t, os.WriteFile(scan, noise, 0o600))
	another, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	command := exec.Command("sh", "-e", "-c", strings.NewReplacer("T ", program+" ", "MERCHANT", merchant, "SCAN", scan, "KEY", another.Recipient().String()).Replace(`
T new shop.vault --questionnaire saq-d-merchant --entity 'Corner Shop'
T attach shop.vault SCAN --requirement 1.2.1
T collect shop.vault --manifests MERCHANT --target prod || [ $? = 3 ]
T answer shop.vault 1.2.1 --response in-place --narrative 'As seen.' --evidence Evidence-1
T undo shop.vault
T status shop.vault || [ $? = 3 ]
T evidence shop.vault list
T vault verify shop.vault
T vault recipients shop.vault list
T vault compact shop.vault
T answer shop.vault 1.2.1 --response in-place --narrative 'As seen.' --evidence Evidence-1
T report shop.vault -o report.pdf || [ $? = 3 ]
T verify report.pdf --vault shop.vault
T vault recipients shop.vault add KEY --label 'The next team'
T vault handoff shop.vault -r KEY -o next.vault
T vault salvage shop.vault -o saved.vault
T evidence shop.vault expunge Evidence-1 --reason 'not ours' --yes
T vault verify shop.vault
`))
	command.Dir = work
	config, state, spill := filepath.Join(folder, "config"), filepath.Join(folder, "state"), t.TempDir()
	command.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+config, "XDG_STATE_HOME="+state, "TMPDIR="+spill, "SQLITE_TMPDIR="+spill, "KUBECONFIG=")
	all := trace(t, command)
	vault := filepath.Join(work, "shop.vault")
	printed := filepath.Join(work, "report.pdf")
	assert.Contains(t, all[printed], "renameat")
	drafts := 0 // of the one report, renamed when it is whole
	maps.DeleteFunc(all, func(path string, _ []string) bool {
		draft := strings.HasPrefix(path, filepath.Join(work, ".tickmark-"))
		if draft {
			drafts++
		}
		return draft || path == printed
	})
	assert.Equal(t, 1, drafts)
	all.only(t, []string{vault, filepath.Join(work, "next.vault"), filepath.Join(work, "saved.vault")}, config, state)
	assert.Contains(t, all[vault], "renameat")
	assert.Contains(t, all[logPath(vault)], "write")
}

// TestTraceSeesWhatSQLiteSpills shows that the trace would tell: a plain SQLite file
// sorts on the disk.
func TestTraceSeesWhatSQLiteSpills(t *testing.T) {
	if path := os.Getenv("TICKMARK_TRACED_PLAIN"); path != "" {
		plain, err := sql.Open("sqlite", "file:"+path+"?_pragma=cache_size(-2048)")
		require.NoError(t, err)
		defer plain.Close()
		var n int
		require.NoError(t, plain.QueryRow(sorts[0]).Scan(&n))
		return
	}
	path := filepath.Join(t.TempDir(), "plain.db")
	all := trace(t, child(t, "TestTraceSeesWhatSQLiteSpills", "TICKMARK_TRACED_PLAIN="+path))
	delete(all, path)
	assert.NotEmpty(t, all, "its temporary file")
}

// TestReaderWritesNothing: who only reads opens nothing for writing at all.
func TestReaderWritesNothing(t *testing.T) {
	if path := os.Getenv("TICKMARK_TRACED_READER"); path != "" {
		identity, err := age.ParseX25519Identity(os.Getenv("TICKMARK_TRACED_IDENTITY"))
		require.NoError(t, err)
		v, err := Open(context.Background(), path, []age.Identity{identity})
		require.NoError(t, err)
		require.NoError(t, v.Verify(context.Background()))
		require.NoError(t, v.Close())
		return
	}
	d, _ := savedDesk(t)
	all := trace(t, child(t, "TestReaderWritesNothing", "TICKMARK_TRACED_READER="+d.path, "TICKMARK_TRACED_IDENTITY="+d.identity.String()))
	assert.Empty(t, all)
}

func TestTraceIsRead(t *testing.T) {
	const text = `100 openat(AT_FDCWD</audit>, "a.vault", O_RDONLY|O_CLOEXEC) = 3</audit/a.vault>
100 openat(AT_FDCWD</audit>, "a.vault-wal", O_RDWR|O_CLOEXEC <unfinished ...>
101 <... openat resumed>) = 4
101 openat(AT_FDCWD</audit>, "/var/tmp", O_RDWR|O_EXCL|O_TMPFILE, 0600) = -1 EOPNOTSUPP
101 renameat(AT_FDCWD</audit>, "x \"y\"", 5</other>, "z") = 0
101 mkdirat(AT_FDCWD, "/state", 0700) = 0
101 memfd_create("secret", MFD_CLOEXEC) = 7
101 +++ exited with 0 +++
`
	assert.Equal(t, touched{
		"/audit/a.vault-wal": {"write"}, "/var/tmp": {"write"}, `/audit/x \"y\"`: {"renameat"}, "/other/z": {"renameat"},
		"/state": {"mkdirat"}, "secret": {"memfd_create"},
	}, readTrace(t, strings.NewReader(text)))
}
