package pci

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// columns are the forms as the fact table heads them.
var columns = map[string]string{
	"saq-a": "saq_A", "saq-a-ep": "saq_A-EP", "saq-b": "saq_B", "saq-b-ip": "saq_B-IP", "saq-c": "saq_C", "saq-c-vt": "saq_C-VT",
	"saq-p2pe": "saq_P2PE", "saq-d-merchant": "saq_D-Merchant", "saq-d-service-provider": "saq_D-ServiceProvider",
}

// table reads a fact table: id to column to value.
func table(t *testing.T, folder, name string) map[string]map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, name))
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, lines)
	rows := make(map[string]map[string]string, len(lines))
	for _, line := range lines[1:] {
		row := make(map[string]string, len(line))
		for i, value := range line {
			row[lines[0][i]] = value
		}
		rows[row["id"]] = row
	}
	return rows
}

// The catalogue is compared with the fact tables it was made from, column by
// column, where they are at hand.
func TestTheCatalogueAgreesWithTheFactTables(t *testing.T) {
	folder := cmp.Or(os.Getenv("TICKMARK_PCI_FACTS"), filepath.Join("..", "..", "..", "shared", "pci"))
	if _, err := os.Stat(filepath.Join(folder, "requirements.csv")); err != nil {
		t.Skipf("pci facts: not compared, %s holds no requirements.csv (set TICKMARK_PCI_FACTS)", folder)
	}
	facts, testing := table(t, folder, "requirements.csv"), table(t, folder, "testing_methods.csv")
	c := catalogue(t)
	agree, all := 0, 0
	expect := func(id questionnaires.RequirementID, column, want, got string) {
		all++
		if want == got {
			agree++
			return
		}
		t.Errorf("%s %s: the facts say %q, the catalogue %q", id, column, want, got)
	}
	expect(questionnaires.RequirementID{}, "requirements", strconv.Itoa(len(facts)), strconv.Itoa(len(c.Requirements())))
	for _, r := range c.Requirements() {
		compare(c, r, facts[r.ID.String()], testing[r.ID.String()], expect)
	}
	fmt.Printf("pci facts: %d of %d agree\n", agree, all)
}

func compare(c *questionnaires.Catalogue, r questionnaires.Requirement, fact, testing map[string]string, expect func(questionnaires.RequirementID, string, string, string)) {
	expect(r.ID, "principal_requirement", fact["principal_requirement"], r.ID.Principal().String())
	expect(r.ID, "frequency", fact["frequency"], r.Frequency)
	expect(r.ID, "future_dated", fact["future_dated"], yes(r.FutureDated))
	expect(r.ID, "customized_approach_allowed", fact["customized_approach_allowed"], yes(r.Customized))
	providers := r.Applies == questionnaires.ServiceProviders || r.Applies == questionnaires.MultiTenantProviders
	expect(r.ID, "service_provider_only", fact["service_provider_only"], yes(providers))
	expect(r.ID, "superseded", yes(strings.Contains(fact["notes"], "superseded by")), yes(!r.SupersededBy.IsZero()))
	if !r.SupersededBy.IsZero() {
		expect(r.ID, "superseded by", yes(strings.Contains(fact["notes"], "superseded by "+r.SupersededBy.String()+" ")), "yes")
	}
	for code, column := range columns {
		q, _ := c.Questionnaire(code)
		expect(r.ID, column, fact[column], yes(q.Asks(r.ID)))
	}
	if testing["examine"] == "unknown" {
		expect(r.ID, "methods", "0", strconv.Itoa(len(r.Methods)+r.ProcedureSize))
		return
	}
	expect(r.ID, "procedure_count", testing["procedure_count"], strconv.Itoa(r.ProcedureSize))
	for _, m := range []questionnaires.Method{questionnaires.Examine, questionnaires.Observe, questionnaires.Interview} {
		used := false
		for _, have := range r.Methods {
			used = used || have == m
		}
		expect(r.ID, m.String(), testing[m.String()], yes(used))
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
