package inventory_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/questionnaires/inventory"
)

const (
	text    = questionnaires.TextInventory
	table   = questionnaires.TableInventory
	objects = questionnaires.ObjectInventory
)

func TestReadsWhatEntitiesExport(t *testing.T) {
	for name, tc := range map[string]struct {
		file, column, by string
		format           questionnaires.InventoryFormat
	}{
		"a line each":                {"b\r\na\n\n\n", "", "", text},
		"with a mark":                {"\ufeffa\nb", "", "", text},
		"a table":                    {"site,host\nx,a\ny,b\n", "Host", "site", table},
		"semicolons":                 {"site;host\nx;a\ny;\"b\"\n", "host", "site", table},
		"tabs":                       {"site\thost\nx\ta\ny\tb\n", "host", "site", table},
		"one column needs no name":   {"host\na\nb\n", "", "", table},
		"objects":                    {`{"host":"a","site":"x"}` + "\n" + `{"site":"y","host":"b","cpu":4}`, "host", "site", objects},
		"quoted line feeds, counted": {"site,host,note\nx,a,\"two\nlines\"\ny,b,\n", "host", "site", table},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := inventory.Read(strings.NewReader(tc.file), questionnaires.Inventory{Format: tc.format, Column: tc.column}, tc.by)
			require.NoError(t, err)
			var keys, strata []string
			for _, item := range list.Items {
				keys, strata = append(keys, item.Key), append(strata, item.Stratum)
			}
			assert.Equal(t, []string{"a", "b"}, keys)
			if tc.by != "" {
				assert.Equal(t, []string{"x", "y"}, strata)
			}
		})
	}
}

func TestRefusesInOneLine(t *testing.T) {
	for want, tc := range map[string]struct {
		file, column, by string
		format           questionnaires.InventoryFormat
	}{
		"lines 1 and 3: \"a\" stands twice": {"a\nb\na", "", "", text},
		"line 2 is empty":                   {"a\n\nb", "", "", text},
		"line 1 is not UTF-8":               {"\xff\xfe", "", "", text},
		"it has no columns":                 {"a", "host", "", text},
		"it lists nothing":                  {"host\n", "", "", table},
		"it is empty":                       {"", "", "", table},
		"name the column that names an item (--column): it has host, site": {"host,site\na,b", "", "", table},
		"name the column to spread over: it has host, site":                {"host,site\na,b", "host", "os", table},
		"two columns are called \"host\"":                                  {"host,host\na,b", "host", "", table},
		"wrong number of fields":                                           {"host,site\na,b\nc\n", "host", "", table},
		"line 2: the item has no key":                                      {"host,site\n,b\n", "host", "", table},
		"a row has more than":                                              {"host\n\"" + strings.Repeat("x\n", 1<<20), "host", "", table},
		"line 1 is no JSON object":                                         {"[1]", "host", "", objects},
		"line 1: \"host\" is no text or number":                            {`{"host":{}}`, "host", "", objects},
		"line 1: the item has no key":                                      {`{"host":null}`, "host", "", objects},
		"name the field that tells an item":                                {`{}`, "", "", objects},
		"line 1 has more than":                                             {strings.Repeat("x", 2<<20), "", "", text},
	} {
		_, err := inventory.Read(strings.NewReader(tc.file), questionnaires.Inventory{Format: tc.format, Column: tc.column}, tc.by)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
	}
}

// endless is a file that has no end.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "0123456789\n"[(e.n+i*7)%11]
	}
	e.n += 5
	return len(p), nil
}

func TestAPopulationHasAnEnd(t *testing.T) {
	var lines strings.Builder
	for i := range 1_000_001 {
		lines.WriteString(strings.Repeat("a", i%7))
		lines.WriteByte(byte('a' + i%26))
		lines.WriteByte('\n')
	}
	for _, r := range []io.Reader{strings.NewReader(lines.String()), &endless{}} {
		_, err := inventory.Read(r, questionnaires.Inventory{}, "")
		assert.ErrorContains(t, err, "more than 1000000 items: a population holds no more")
	}
}

// Whatever is read is a list that says what the file says: in order, each once, named.
func FuzzRead(f *testing.F) {
	f.Add("a\nb\n", "", "", 0)
	f.Add("host,site\na,x\nb,y\n", "host", "site", 1)
	f.Add("{\"host\":\"a\"}\n", "host", "", 2)
	f.Add("\ufeffhost;site\n\"a\nb\";x\n", "host", "site", 1)
	f.Fuzz(func(t *testing.T, file, column, by string, format int) {
		source := questionnaires.Inventory{Format: questionnaires.InventoryFormat(format % 3), Column: column}
		list, err := inventory.Read(strings.NewReader(file), source, by)
		if err != nil {
			return
		}
		keys := make([]string, len(list.Items))
		for i, item := range list.Items {
			keys[i] = item.Key
			if strings.TrimSpace(item.Key) == "" || !strings.Contains(file, item.Key) && source.Format == text {
				t.Fatalf("item %d is %q", i, item.Key)
			}
		}
		if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
			t.Fatalf("the list is not in order, each once: %q", keys)
		}
		again, err := inventory.Read(strings.NewReader(file), source, by)
		if err != nil || again.Digest != list.Digest {
			t.Fatalf("read again it is another list: %v", err)
		}
	})
}
