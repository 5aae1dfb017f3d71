package pci

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// The defaults per platform: EKS, GKE Standard, GKE Autopilot, AKS. P provider, C
// customer, S both, - none known.
func TestDefaultsOfWhoDoesWhat(t *testing.T) {
	letters := map[questionnaires.Party]string{questionnaires.ProviderParty: "P", questionnaires.CustomerParty: "C", questionnaires.BothParties: "S", questionnaires.UnknownParty: "-"}
	m := catalogue(t).Responsibilities()
	require.NotNil(t, m)
	for requirement, want := range map[string]string{
		"1.2.1": "SSSS", "1.4.2": "SSSS", "1.1.1": "CCCC", "1.5.1": "----",
		"2.2.1": "SSPS", // control plane P, nodes C, S, P, S
		"2.2.2": "CCCC",
		"3.5.1": "SSSS", "3.7.4": "SSSS", "3.2.1": "CCCC", "4.2.1": "SSSS",
		"5.2.1": "CCSC", "5.3.2": "CCSC",
		"6.2.1": "CCCC", "6.4.2": "CCCC", "6.5.1": "CCCC", "6.3.1": "----",
		"6.3.3": "SSPS",
		"7.2.1": "CCCC", "8.4.2": "CCCC",
		"9.2.1": "PPPP", "9.4.1": "PPPP", "9.5.1": "CCCC",
		"10.2.1": "SSSS", "10.3.3": "SSSS", "10.4.1": "CCCC", "10.5.1": "CCCC", "10.6.1": "SSPS", "10.7.2": "----",
		"11.3.1": "CCCC", "11.4.5": "CCCC", "11.4.7": "PPPP", "11.5.1": "CCSC", "11.5.2": "CCSC", "11.6.1": "CCCC",
		"12.1.1": "CCCC", "12.8.5": "CCCC", "12.9.2": "PPPP", "12.10.1": "CCCC",
		"A1.1.4": "PPPP", "A2.1.1": "----", "A3.1.1": "----",
	} {
		got := ""
		for _, platform := range questionnaires.Platforms() {
			got += letters[m.Responsibility(platform, id(requirement)).Default]
		}
		assert.Equal(t, want, got, requirement)
	}
}

func TestEveryDefaultSaysWhereItWasRead(t *testing.T) {
	c := catalogue(t)
	known := 0
	for _, r := range c.Requirements() {
		for _, platform := range questionnaires.Platforms() {
			responsibility := c.Responsibilities().Responsibility(platform, r.ID)
			assert.Nil(t, responsibility.Confirmed)
			assert.Regexp(t, "by default, not confirmed$|no default is known", responsibility.String())
			if len(responsibility.Duties) > 0 {
				known++
			}
			for _, d := range responsibility.Duties {
				assert.NotEmpty(t, d.Source)
				assert.NotEqual(t, questionnaires.UnknownParty, d.Party)
				assert.True(t, strings.HasSuffix(d.Provider+d.Customer, "."), d.Title)
			}
		}
	}
	assert.Greater(t, known, 900)
	assert.Len(t, c.Responsibilities().Platforms(), len(questionnaires.Platforms()))
}

func TestResponsibilitiesThatContradictThemselvesAreRefusedWithTheirLine(t *testing.T) {
	good, err := files.ReadFile("catalogue/responsibility.yaml")
	require.NoError(t, err)
	lines := strings.Split(string(good), "\n")
	line := func(text string) int {
		return slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, text) }) + 1
	}
	for name, tc := range map[string]struct{ old, new, want string }{
		"no version":              {"version: 1", "version: 0", "version"},
		"an unknown key":          {"  customer: \"Your own pol", "  custom: \"Your own pol", `"custom" is not read`},
		"an unknown platform":     {"platform: aks", "platform: oke", `platform: "oke" is none`},
		"a platform twice":        {"platform: aks", "platform: eks", "eks stands there 2 times"},
		"a platform left out":     {"  eks: both\n", "", `duty "Network controls": eks: read responsible party`},
		"an unknown party":        {"  eks: both\n", "  eks: somebody\n", `"somebody" is none`},
		"a party without a part":  {`  provider: "The physical network beneath, and that of the control plane."`, "", "both on eks, and it does not say"},
		"no requirement":          {`of: ["9.5"]`, `of: ["9.9"]`, `no requirement stands in "9.9"`},
		"a malformed requirement": {`of: ["9.5"]`, `of: ["9..5"]`, "9..5"},
		"taken out of nothing":    {`but: ["12.9"]`, `but: ["11.9"]`, "11.9 is taken out"},
		"a note of no platform":   {"    aks: \"Microsoft", "    oke: \"Microsoft", `"oke" is none`},
	} {
		changed := strings.Replace(string(good), tc.old, tc.new, 1)
		require.NotEqual(t, string(good), changed, name)
		_, err := parseResponsibilities([]byte(changed), catalogue(t))
		require.ErrorContains(t, err, tc.want, name)
	}
	_, err = parseResponsibilities([]byte(strings.Replace(string(good), `of: ["9.5"]`, `of: ["9.9"]`, 1)), catalogue(t))
	assert.ErrorContains(t, err, fmt.Sprintf("responsibility:%d: ", line(`title: "Payment terminals"`)))
}

func FuzzParseResponsibilities(f *testing.F) {
	good, err := files.ReadFile("catalogue/responsibility.yaml")
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte("c 9\n\n:C[]\nduties")) // quoted in the error, over several lines
	f.Add([]byte("version: 1\nplatforms: []\nduties: [{of: [\"1\"]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseResponsibilities(data, catalogue(t))
		if err != nil {
			assert.NotContains(t, err.Error(), "\n")
			return
		}
		for _, p := range questionnaires.Platforms() {
			assert.Equal(t, p, c.Responsibilities().Responsibility(p, id("1.2.1")).Platform.Platform)
		}
	})
}
