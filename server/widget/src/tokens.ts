// Generated from the design tokens of studio/theme; change them there.

/** The design tokens the widget uses: colours as #RRGGBB. */
export interface Tokens {
  ink: string;
  ink2: string;
  ink3: string;
  paper: string;
  room: string;
  line: string;
  violet: string;
  violetText: string;
  violetSoft: string;
  violetLine: string;
  sunrise: string;
  sunriseText: string;
  sunriseSoft: string;
  bad: string;
  gradientFrom: string;
  gradientTo: string;
}

export const LIGHT: Tokens = {
  ink: "#1A244B",
  ink2: "#5A6384",
  ink3: "#686F8D",
  paper: "#FFFFFF",
  room: "#F5F5F5",
  line: "#E6E7EE",
  violet: "#8B5CF6",
  violetText: "#6B3FD6",
  violetSoft: "#F1ECFE",
  violetLine: "#D9D3F5",
  sunrise: "#FFB76B",
  sunriseText: "#8A4B08",
  sunriseSoft: "#FFF3E4",
  bad: "#C2374B",
  gradientFrom: "#1A244B",
  gradientTo: "#7C4DEB",
};

export const DARK: Tokens = {
  ink: "#F2F2FA",
  ink2: "#BCC2DD",
  ink3: "#A3AACB",
  paper: "#1B2140",
  room: "#272E52",
  line: "#363E66",
  violet: "#A78BFA",
  violetText: "#C9B8FF",
  violetSoft: "#372F66",
  violetLine: "#554A91",
  sunrise: "#FFB76B",
  sunriseText: "#FFD3A3",
  sunriseSoft: "#47372F",
  bad: "#FF8E9D",
  gradientFrom: "#222B58",
  gradientTo: "#6D45D2",
};
