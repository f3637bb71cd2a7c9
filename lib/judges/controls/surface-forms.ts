/**
 * Phrases by which texts of the E2E domain state a value of a slot, written after reading the training rows. In a phrase `a/b` is either
 * word, `?` after a word makes it optional, `~` is up to two words, and a word that ends in `*` is a prefix. Texts are compared in lower
 * case, without accents and hyphens. A denied phrase does not count.
 */
export const SURFACE_FORMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  eatType: {
    'coffee shop': ['coffee shop/shops/house/place/bar/venue/cafe/spot', 'cafe', 'coffeeshop', 'coffee'],
    pub: ['pub/pubs/tavern/inn'],
    restaurant: ['restaurant/restaurants/restraunt/diner/eatery/bistro'],
  },
  food: {
    English: ['english', 'british'],
    Chinese: ['chinese', 'china'],
    Japanese: ['japanese', 'sushi', 'japan'],
    'Fast food': ['fast food/foods/foodstuff/dining/meals/service/serving', 'fast', 'burgers', 'fries'],
    French: ['french', 'france'],
    Italian: ['italian', 'pasta', 'pizza', 'italy'],
    Indian: ['indian', 'india', 'curry', 'curries'],
  },
  priceRange: {
    cheap: [
      'cheap/cheaply/cheaper/cheapest/inexpensive/budget/affordable',
      'low/lower cost/costs/price/prices/priced/pricing',
      'low ~ price/prices/cost/costs',
      'price/prices ~ low',
    ],
    moderate: [
      'moderate/moderately/medium/mid/average/reasonable/reasonably/fair/fairly/middle/normal price/prices/priced/pricing/cost/costs/range',
      'moderate/moderately/average/mid ~ price/prices/priced/pricing/cost/costs',
      'price/prices/priced/pricing/cost/costs ~ moderate/moderately/average/reasonable/medium/mid/fair/moderatly',
      'midrange',
      'moderately/reasonably expensive/cheap',
    ],
    high: [
      'high/higher/highly/top/upper price/prices/priced/pricing/cost/costs/end',
      'high/higher ~ price/prices/priced/pricing/cost/costs',
      'price/prices/priced/pricing/cost/costs ~ high/higher',
      'expensive/pricey/pricy/costly/upscale/upmarket',
    ],
    'less than £20': [
      'less/lower/cheaper then/than £? 20/twenty £?',
      'under/below/within/beneath £? 20/twenty',
      'up to £? 20/twenty',
      '£? 20 or/and less/under/below',
      'not ~ more/over than? £? 20/twenty',
      ...['no more than £? 20/twenty', 'maximum of? £? 20/twenty'],
    ],
    '£20-25': [
      '20/twenty £? pounds? to/and/through/or/until? £? 25/twenty',
      '20 pounds? £? 25',
      '£? 25/20 ~ range',
      'between £? 20/twenty',
      '20s',
    ],
    'more than £30': [
      'more/greater/higher then/than £? 30/thirty',
      'over/above/exceeding/exceed/exceeds/starting/from/upwards of? at? £? 30/thirty',
      '30/thirty plus/price/pounds/range',
      '£? 30 pounds? or/and more/above/up/over/plus/upwards',
      '30 +',
    ],
  },
  'customer rating': {
    '1 out of 5': ['1/one out? of/on/to 5/five', '1/one star/stars', '1 / 5', 'one/1 ~ rating/rated', 'rated/rating ~ 1/one'],
    '3 out of 5': [
      '3/three out? of/on/to 5/five',
      '3/three star/stars',
      '3 / 5',
      'three/3 ~ rating/rated',
      'rated/rating ~ 3/three',
    ],
    '5 out of 5': ['5/five out? of/on/to 5/five', '5/five star/stars', '5 / 5', 'rated/rating a? 5/five'],
    low: [
      'low/lower/lowest/lowly/poor/poorly/bad/badly ~ rating/ratings/rated/rate/rates/review/reviews/reviewed/customer/customers/consumer/satisfaction/feedback/score',
      'rating/ratings/rated/rate/rates/reviews/satisfaction/feedback/customer/customers ~ low/lower/lowest/poor/poorly/bad',
      'poor/poorly/terrible/unpopular',
      'not ~ well/highly/good rated/rating/reviewed/received/recommended',
      'not ~ high/highly/good ~ rating/ratings/rated',
    ],
    average: [
      'average/averagely/mediocre/decent/moderate/moderately/ok/okay/medium ~ rating/ratings/rated/rate/rates/review/reviews/customer/customers/consumer/satisfaction/feedback/score',
      'rating/ratings/rated/rate/rates/reviews/satisfaction/feedback/customer/customers/service ~ average/mediocre/moderate/moderately/okay/ok',
      'average coffee/restaurant/pub/place/venue/food/quality',
    ],
    high: [
      'high/higher/highly/highest/excellent/good/great/well/top/very ~ rating/ratings/rated/rate/rates/review/reviews/reviewed/customer/customers/consumer/satisfaction/feedback/score',
      'rating/ratings/rated/rate/rates/reviews/satisfaction/feedback/customer/customers ~ high/higher/highly/excellent/good/great/well/highest',
      'highly recommended/regarded/rates/acclaimed',
      'well received/liked/loved/reviewed',
      'popular',
    ],
  },
  area: {
    riverside: [
      'riverside/riverbank/river/waterside/waterfront/rivers',
      'river side/bank',
      'by/near the water',
      'bank of',
      'banks of',
    ],
    'city centre': [
      'city centre/center/central/area/centres',
      'centre/center of',
      'city/town centre/center',
      'downtown',
      'in/of/within/inside/at the? heart? of? the? city',
      'central cambridge/city',
      'in/near the? center/centre',
      'centrally',
      'middle of',
    ],
  },
  familyFriendly: {
    yes: [
      "family/families/kid/kids/child/children/childrens/childen/kids' 's? friendly/oriented/orientated/welcome/welcoming/welcomed/accessible/appropriate/environment/atmosphere/approved/suitable/restaurant/pub/venue/place/menu/style/fun/setting/based",
      'friendly ~ family/families/kid/kids/child/children',
      'family/families/kids/children is/are/will/can/were ~ welcome/welcomed/allowed/enjoy/catered',
      'welcome/welcomes/welcoming/suitable/good/great/perfect/ideal/suited/excellent/fun/appropriate/cater/caters/catering/friendly/accommodating/open/nice/best/right/geared/fit/family/made/place to/for/towards? ~ family/families/kids/children/kid/ages',
      'bring/brings/bringing/take/taking/welcome/welcomes/allow/allows/accept/accepts/accommodate/accommodates/encourage/encourages/attract/attracts/like/likes/caters/permits ~ family/families/kids/children/kid',
      'family/families',
      'kids/children/child/kid',
    ],
    no: [
      'adult/adults only/oriented/orientated/establishment/venue/friendly/atmosphere/style/place/restaurant/pub/coffee/exclusive/environment',
      'only/for/the? adult/adults',
      'adults/adult',
      'unfriendly/unsuitable/inappropriate/unwelcome ~ family/families/kids/children/child',
      'family/families/kid/kids/child/children unfriendly/free',
    ],
  },
};

/** Names of the domain, which state no price, food or type (`Raja Indian Cuisine` need not serve Indian food). */
export const PLACES: readonly string[] = [
  'raja indian cuisine/restaurant?',
  'rainbow vegetarian cafe',
  'cafe sicilia/rouge/brazil/adriatic',
  'express by holiday inn',
  'all bar one',
  'golden curry/palace',
  'taste of cambridge',
  'browns cambridge',
  'cambridge blue',
  'travellers rest beefeater',
  'yippee noodle bar',
  'burger king',
  'rice boat',
  'crowne plaza hotel',
  'portland arms',
];

/** Words that deny a phrase after them, across up to four words that begin no new statement. */
export const DENIALS =
  "not/n't/no/non/never/nor/without/isn't/isnt/doesn't/doesnt/aren't/don't/cannot/lacks/lack/neither/nt/discourage/discourages/discouraged/unsuitable/hardly/excludes/than";

/** Words that deny within one slot only: outside the city centre is not in it. */
export const DENIALS_OF: Readonly<Record<string, string>> = {
  area: 'outside/outskirts/north/south/east/west/far/away',
  'customer rating': '1 out of/one out of/3 out of/three out of/1 of/3 of', // "1 out of 5 stars" is not five stars
  priceRange: 'moderately/reasonably/fairly', // "moderately expensive" is neither
};
